import type { SigninMethod } from '../sdk/event/index.ts';
import { runCeremony, type CeremonyResult, type Ending } from './ceremony.ts';
import { byOtherMethod, finishPasskey, giveUp } from './finish-sign-in.ts';
import { considerMoving } from './move-passkey.ts';
import { attemptEnding, respond } from './respond.ts';
import type { Visit } from './visit.ts';
import { canConditionalGet } from './world/capabilities.ts';
import type { FailureKind } from './world/failures.ts';
import { isDesktop, type HeldCredential } from './world/people.ts';
import { PROVIDERS, providerReaches, signsForOthers } from './world/providers.ts';

/** How a sign-in ended, for what the person does next. */
export interface SigninResult {
	method: SigninMethod | 'none';
	credential?: HeldCredential;
}

/** The credentials that can sign right here, newest first; legacy and discoverable alike. */
export function usableHere({ person, device }: Visit): HeldCredential[] {
	const index = person.devices.indexOf(device);
	if (device.browser === 'WebView') return [];
	return person.credentials
		.filter(({ provider, home, takenTo }) =>
			home === -1
				? isDesktop(device)
				: home === index || takenTo.includes(index) || providerReaches(provider, device)
		)
		.sort(
			(a, b) => Number(a.unknownToServer) - Number(b.unknownToServer) || b.createdAt - a.createdAt
		);
}

/** From the sign-in page to being signed in, or giving up. */
export function signIn(visit: Visit): SigninResult {
	const { random, release, device } = visit;
	const openedAt = visit.now;
	visit.pass(5);
	considerMoving(visit);
	const here = usableHere(visit);
	const passkey = here.find(({ discoverable }) => discoverable);
	const legacy = here.find(
		({ discoverable, unknownToServer }) => !discoverable && !unknownToServer
	);
	const autofill = release.passkeys && canConditionalGet(device);

	if (
		passkey &&
		release.passkeys &&
		random.chance(passkey.unknownToServer ? 0.2 : passkeyHabit(passkey))
	) {
		if (autofill && random.chance(0.58))
			return finishPasskey(visit, byAutofill(visit, passkey, openedAt), passkey, openedAt);
		if (autofill) leaveUntouched(visit, openedAt, true);
		return byButton(visit, passkey, openedAt, { allow_count: 0 });
	}
	if (legacy && random.chance(0.82)) {
		if (autofill) leaveUntouched(visit, openedAt, true);
		return byButton(visit, legacy, openedAt, {
			allow_count: 1,
			allow_transports: [...legacy.transports]
		});
	}
	const elsewhere =
		release.passkeys && isDesktop(device) && device.browser !== 'Firefox'
			? passkeyOnPhone(visit)
			: undefined;
	if (elsewhere && random.chance(0.16)) {
		if (autofill) leaveUntouched(visit, openedAt, true);
		return byPhone(visit, elsewhere, openedAt);
	}
	if (release.passkeys && visit.capabilities.webauthn && random.chance(0.025)) {
		// Curiosity: the button, without having a passkey. The browser's dialog is dismissed; nothing tells it from a change of mind.
		if (autofill) leaveUntouched(visit, openedAt, true);
		const tried = runCeremony({
			visit,
			type: 'authentication',
			request: { allow_count: 0 },
			ending: { kind: 'failure', failure: 'cancelled' }
		});
		visit.pass(3);
		return byOtherMethod(visit, openedAt, 'no_passkey_here', tried);
	}
	if (autofill) leaveUntouched(visit, openedAt, false);
	return byOtherMethod(visit, openedAt);
}

/** People with a synced passkey reach for it more often than those with one tied to a machine. */
const passkeyHabit = ({ provider, uses }: HeldCredential) =>
	Math.min(0.9, (PROVIDERS[provider].backupEligible ? 0.68 : 0.56) + uses * 0.03);

const askedConditionally = { mediation: 'conditional', allow_count: 0 } as const;

/** The request that waits behind the form. Most pages are left without it ever being answered; some end it themselves. */
function leaveUntouched(visit: Visit, openedAt: number, endedByPage: boolean) {
	const resumeAt = visit.now;
	runCeremony({
		visit,
		type: 'authentication',
		request: askedConditionally,
		ending: endedByPage ? { kind: 'failure', failure: 'aborted_by_page' } : { kind: 'left' },
		startedAt: openedAt + 180
	});
	visit.now = resumeAt + 40;
}

function byAutofill(visit: Visit, credential: HeldCredential, openedAt: number): CeremonyResult {
	return runCeremony({
		visit,
		type: 'authentication',
		request: askedConditionally,
		ending: respond(visit, credential, { medianMs: 3_100 }),
		startedAt: openedAt + 180
	});
}

function byButton(
	visit: Visit,
	credential: HeldCredential,
	openedAt: number,
	request: { allow_count: number; allow_transports?: string[] }
): SigninResult {
	let failedWith: FailureKind | 'left' | undefined;
	let last: CeremonyResult | undefined;
	for (let attempt = 1; attempt <= 3; attempt++) {
		const ending = attemptEnding(visit, credential);
		last = runCeremony({ visit, type: 'authentication', request, ending });
		if (ending.kind === 'response') return finishPasskey(visit, last, credential, openedAt);
		failedWith = ending.kind === 'left' ? 'left' : ending.failure;
		if (failedWith === 'left') break;
		visit.pass(2.5);
		if (!visit.random.chance(0.5)) break;
		visit.newFlow();
	}
	if (failedWith === 'left') return giveUp(visit, openedAt, last);
	return byOtherMethod(
		visit,
		openedAt,
		failedWith === 'cancelled' ? 'user_choice' : 'ceremony_failed',
		last
	);
}

/** A phone signs for this computer after a QR code: slow, and given up more often. */
function byPhone(visit: Visit, credential: HeldCredential, openedAt: number): SigninResult {
	const { random } = visit;
	const request = { allow_count: 1, allow_transports: ['internal', 'hybrid'], hints: ['hybrid'] };
	const ending: Ending = random.chance(0.7)
		? respond(visit, credential, { medianMs: 21_000, crossDevice: true })
		: { kind: 'failure', failure: random.chance(0.2) ? 'timed_out' : 'cancelled' };
	const result = runCeremony({ visit, type: 'authentication', request, ending });
	if (ending.kind === 'response') return finishPasskey(visit, result, credential, openedAt);
	visit.pass(4);
	return byOtherMethod(visit, openedAt, 'ceremony_failed', result);
}

function passkeyOnPhone({ person }: Visit) {
	return person.credentials.find(
		({ provider, discoverable, unknownToServer }) =>
			discoverable &&
			!unknownToServer &&
			PROVIDERS[provider].backupEligible &&
			person.devices.some((device) => signsForOthers(device) && providerReaches(provider, device))
	);
}
