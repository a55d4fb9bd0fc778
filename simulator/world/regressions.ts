import { browserMajor, engineOf, type Browser, type Device, type Os } from './client.ts';
import type { FailureKind } from './failures.ts';
import type { ProviderId } from './providers.ts';
import type { Visit } from '../visit.ts';

/** Where a release changed something. What is left out is any. */
interface Place {
	release: string;
	os?: Os;
	engine?: ReturnType<typeof engineOf>;
	browser?: Browser;
	/** Major version of the browser. */
	version?: number;
}

/** What it changed there, mostly for the worse. */
type Effect =
	/** So many of the ceremonies that users start fail so. */
	| { failure: FailureKind; share: number }
	/** A sign-in's answer takes so many times as long. */
	| { slowness: number }
	/** Offers are accepted so many times as often. */
	| { acceptance: number }
	/** So many of the passkeys made after an offer go to this provider. */
	| { provider: ProviderId; share: number };

export type Regression = Place & Effect;

/** The rollout's own: the request starts after an awaited call that costs the page its focus in Firefox. */
export const REGRESSIONS: readonly Regression[] = [
	{ release: '2.5.0', engine: 'firefox', failure: 'not_focused', share: 0.55 }
];

/** How a ceremony that somebody starts here fails because of the release; undefined where it does not. */
export function brokenByRelease(visit: Visit): FailureKind | undefined {
	const met = metBy(visit, 'failure');
	return met && visit.random.chance(met.share) ? met.failure : undefined;
}

/** How many times as long the release makes an answer take here. */
export const slownessOfRelease = (visit: Visit): number => metBy(visit, 'slowness')?.slowness ?? 1;

/** How many times as often it makes an offer be accepted here. */
export const acceptanceOfRelease = (visit: Visit): number =>
	metBy(visit, 'acceptance')?.acceptance ?? 1;

/** Which provider it hands a new passkey to here; undefined where it leaves that as it was. */
export function providerOfRelease(visit: Visit): ProviderId | undefined {
	const met = metBy(visit, 'provider');
	return met && visit.random.chance(met.share) ? met.provider : undefined;
}

/** The first that has such an effect here. */
function metBy<Name extends 'failure' | 'slowness' | 'acceptance' | 'provider'>(
	{ device, release, daysBeforeEnd, regressions }: Visit,
	name: Name
): Extract<Regression, Record<Name, unknown>> | undefined {
	return regressions.find(
		(one): one is Extract<Regression, Record<Name, unknown>> =>
			name in one && applies(one, { release: release.name, device, daysBeforeEnd })
	);
}

function applies(
	{ release, os, engine, browser, version }: Place,
	at: { release: string; device: Device; daysBeforeEnd: number }
): boolean {
	return (
		release === at.release &&
		(os === undefined || os === at.device.os) &&
		(engine === undefined || engine === engineOf(at.device)) &&
		(browser === undefined || browser === at.device.browser) &&
		(version === undefined || version === browserMajor(at.device, at.daysBeforeEnd))
	);
}
