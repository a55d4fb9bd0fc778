import { browserMajor, engineOf, type Browser, type Device, type Os } from './client.ts';
import type { FailureKind } from './failures.ts';
import type { Visit } from '../visit.ts';

/** What a release broke, and where. What is left out is any. */
export interface Regression {
	release: string;
	os?: Os;
	engine?: ReturnType<typeof engineOf>;
	browser?: Browser;
	/** Major version of the browser. */
	version?: number;
	failure: FailureKind;
	/** How many of the ceremonies that users start there fail so. */
	share: number;
}

/** The rollout's own: the request starts after an awaited call that costs the page its focus in Firefox. */
export const REGRESSIONS: readonly Regression[] = [
	{ release: '2.5.0', engine: 'firefox', failure: 'not_focused', share: 0.55 }
];

/** How a ceremony that somebody starts here fails because of the release; undefined where it does not. */
export function brokenByRelease({
	random,
	device,
	release,
	daysBeforeEnd,
	regressions
}: Visit): FailureKind | undefined {
	const met = regressions.find((one) =>
		applies(one, { release: release.name, device, daysBeforeEnd })
	);
	return met && random.chance(met.share) ? met.failure : undefined;
}

function applies(
	{ release, os, engine, browser, version }: Regression,
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
