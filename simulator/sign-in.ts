import type { FallbackReason, SigninMethod, VerdictReason } from '../sdk/event/index.ts';
import { runCeremony, type CeremonyResult, type Ending } from './ceremony.ts';
import type { Visit } from './visit.ts';
import { canConditionalGet, canSignal } from './world/capabilities.ts';
import { engineOf, isChromium } from './world/client.ts';
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
		.filter(({ provider, home }) =>
			home === -1 ? isDesktop(device) : home === index || providerReaches(provider, device)
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

function attemptEnding(visit: Visit, credential: HeldCredential): Ending {
	const { random, device, release } = visit;
	if (release.losesFocusInFirefox && engineOf(device) === 'firefox' && random.chance(0.55))
		return { kind: 'failure', failure: 'not_focused' };
	const manager = ['onepassword', 'dashlane', 'bitwarden'].includes(credential.provider);
	const key = credential.home === -1;
	const ending = random.weighted<FailureKind | 'left' | 'response'>([
		['response', key ? 84 : 93],
		['cancelled', key ? 9 : 4.6],
		['left', 0.6],
		['timed_out', key ? 4 : 0.7],
		['not_focused', 0.35],
		['extension_interfered', manager ? 2.5 : 0.05],
		['request_pending', isChromium(device) ? 0.2 : 0],
		['authenticator_error', 0.25]
	]);
	if (ending === 'left') return { kind: 'left' };
	if (ending !== 'response') return { kind: 'failure', failure: ending };
	return respond(visit, credential, { medianMs: key ? 8_500 : 3_600 });
}

/** A signed response, with whatever happened to the backup since, and how the server will take it. */
function respond(
	visit: Visit,
	credential: HeldCredential,
	{ medianMs, crossDevice = false }: { medianMs: number; crossDevice?: boolean }
): Ending {
	const { random, person } = visit;
	const { backupEligible } = PROVIDERS[credential.provider];
	if (backupEligible && !credential.backedUp && random.chance(0.65)) credential.backedUp = true;
	else if (credential.backedUp && random.chance(0.0015 * person.trouble))
		credential.backedUp = false;
	const refusal = credential.unknownToServer
		? 'credential_unknown'
		: random.weighted<VerdictReason | undefined>([
				[undefined, 985 / person.trouble],
				['challenge_expired', 5],
				['user_verification_missing', credential.provider === 'u2f_key' ? 4 : 0.6],
				['origin_mismatch', 1],
				['counter_regressed', backupEligible ? 0 : 1],
				['signature_invalid', 0.4],
				['backup_flags_invalid', backupEligible ? 0 : 0.3]
			]);
	const elapsedMs = Math.round(Math.min(58_000, Math.max(600, random.around(medianMs))));
	return { kind: 'response', credential, crossDevice, elapsedMs, refusal };
}

function finishPasskey(
	visit: Visit,
	result: CeremonyResult,
	credential: HeldCredential,
	openedAt: number
): SigninResult {
	if (!result.accepted) {
		if (result.refusal === 'credential_unknown') forgetUnknown(visit, credential);
		visit.pass(4);
		return byOtherMethod(visit, openedAt, 'ceremony_failed', result);
	}
	visit.identified = true;
	report(visit, { method: 'passkey', outcome: 'succeeded', openedAt, ceremony: result });
	return { method: 'passkey', credential };
}

/** The site does not know the credential and says so where the browser can pass it on. */
function forgetUnknown(visit: Visit, credential: HeldCredential) {
	visit.person.credentials = visit.person.credentials.filter((held) => held !== credential);
	if (!canSignal(visit.device)) return;
	visit.page({
		type: 'credential.signalled',
		signal: 'unknown_credential',
		credential_ref: credential.ref,
		outcome: 'succeeded'
	});
	visit.facts.push({
		kind: 'signal',
		at: visit.now,
		user: visit.knownUser(),
		client: visit.client,
		credential: credential.ref
	});
}

function giveUp(visit: Visit, openedAt: number, ceremony?: CeremonyResult): SigninResult {
	report(visit, {
		method: 'passkey',
		outcome: 'abandoned',
		openedAt,
		...(ceremony && { ceremony })
	});
	return { method: 'none' };
}

function byOtherMethod(
	visit: Visit,
	openedAt: number,
	fallback?: FallbackReason,
	ceremony?: CeremonyResult
): SigninResult {
	const { random, person } = visit;
	const method = person.habit;
	visit.pass({ password: 11, social: 9, otp: 26, magic_link: 48 }[method]);
	if (method !== 'social' && random.chance(0.06)) {
		report(visit, { method, outcome: 'failed', openedAt });
		visit.pass(9);
	}
	if (random.chance(0.025)) {
		report(visit, { method, outcome: 'abandoned', openedAt });
		return { method: 'none' };
	}
	visit.identified = true;
	report(visit, {
		method,
		outcome: 'succeeded',
		openedAt,
		...(fallback && { fallback }),
		...(ceremony && { ceremony })
	});
	return { method };
}

function report(
	visit: Visit,
	{
		method,
		outcome,
		openedAt,
		fallback,
		ceremony
	}: {
		method: SigninMethod;
		outcome: 'succeeded' | 'failed' | 'abandoned';
		openedAt: number;
		fallback?: FallbackReason;
		ceremony?: CeremonyResult;
	}
) {
	visit.page({
		type: 'signin.finished',
		method,
		outcome,
		elapsed_ms: visit.now - openedAt,
		...(fallback && { fallback_reason: fallback }),
		...(ceremony && { ceremony_id: ceremony.id })
	});
	visit.facts.push({
		kind: 'signin',
		at: visit.now,
		user: visit.knownUser(),
		client: visit.client,
		method,
		outcome,
		fallback
	});
}
