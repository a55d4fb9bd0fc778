import type { PromptMode, PromptPurpose, VerdictReason } from '../sdk/event/index.ts';
import { runCeremony, visibleAaguid, type CeremonyResult } from './ceremony.ts';
import type { PromptFact } from './facts.ts';
import { usableHere, type SigninResult } from './sign-in.ts';
import type { Visit } from './visit.ts';
import { canConditionalCreate } from './world/capabilities.ts';
import { engineOf, isChromium } from './world/client.ts';
import type { FailureKind } from './world/failures.ts';
import { earlierProvider, hold, isDesktop, type HeldCredential } from './world/people.ts';
import {
	choosePlatformProvider,
	PROVIDERS,
	signsForOthers,
	type ProviderId
} from './world/providers.ts';

const DAY_MS = 86_400_000;
const MOST_SHOWINGS = 6;
const DAYS_BETWEEN_SHOWINGS = 6;
/** How many accept the first, second, … showing: the first offer is worth more than all later ones together. */
const ACCEPTANCE = [0.36, 0.2, 0.13, 0.09, 0.07, 0.05];

/** After signing in: the site offers a passkey, an upgrade, or tries one silently. */
export function considerEnrolling(visit: Visit, signin: SigninResult | undefined): void {
	const { person, random, release, device } = visit;
	if (!release.passkeys)
		return void (release.offersFastSignin && considerFastSignin(visit, signin));
	const known = usableHere(visit).filter(({ unknownToServer }) => !unknownToServer);
	if (known.some(({ discoverable }) => discoverable)) return;
	const legacy = known.find(({ discoverable }) => !discoverable);
	if (
		signin?.method === 'password' &&
		!legacy &&
		release.conditionalCreate &&
		canConditionalCreate(device, visit.daysBeforeEnd) &&
		random.chance(0.5)
	) {
		if (createSilently(visit)) return;
	}
	if (!visit.capabilities.webauthn || !random.chance(0.8)) return;
	const fromSettings = random.chance(0.05);
	const showings = legacy ? person.upgradeShowings : person.showings;
	const rested = visit.now - person.lastShowingAt > DAYS_BETWEEN_SHOWINGS * DAY_MS;
	if (!fromSettings && (showings >= MOST_SHOWINGS || !rested)) return;
	offer(visit, { legacy, fromSettings, afterPassword: signin !== undefined });
}

function offer(
	visit: Visit,
	{
		legacy,
		fromSettings,
		afterPassword
	}: { legacy: HeldCredential | undefined; fromSettings: boolean; afterPassword: boolean }
) {
	const { person, random, release, device } = visit;
	const purpose: PromptPurpose = legacy ? 'upgrade' : 'enroll';
	const showing = legacy ? ++person.upgradeShowings : ++person.showings;
	person.lastShowingAt = visit.now;
	const automatic = release.automaticOnAndroid && device.os === 'Android' && !fromSettings;
	const mode: PromptMode = automatic ? 'automatic' : 'manual';
	const prompt = {
		prompt_id: visit.pageId(),
		purpose,
		mode,
		showing_number: showing,
		placement: fromSettings ? 'account-settings' : afterPassword ? 'after-sign-in' : 'home-banner'
	};
	visit.newFlow();
	visit.pass(1.5);
	visit.page({ type: 'prompt.shown', ...prompt });
	const fact: PromptFact = {
		kind: 'prompt',
		at: visit.now,
		user: visit.knownUser(),
		client: visit.client,
		id: prompt.prompt_id,
		purpose,
		mode,
		showing,
		answer: 'none'
	};
	visit.facts.push(fact);
	const answer = (type: 'accepted' | 'dismissed') => {
		visit.page({ type: `prompt.${type}`, ...prompt });
		fact.answer = type;
	};

	const willing = Math.min(
		0.92,
		(ACCEPTANCE[showing - 1] ?? 0.04) *
			person.openness *
			appeal(visit) *
			(fromSettings ? 2.2 : 1) *
			(afterPassword ? 1 : 0.6) *
			(legacy ? 1.25 : 1)
	);
	const accepts = random.chance(willing);
	visit.pass(accepts ? 4 : 3);
	if (!accepts) return void (random.chance(0.72) && answer('dismissed'));
	answer('accepted');
	visit.pass(0.3);
	create(visit, { promptId: prompt.prompt_id, legacy });
}

/** Where an offer meets less friction it is taken more often. */
function appeal({ device, release }: Visit): number {
	if (device.os === 'Android') return release.automaticOnAndroid ? 1.45 : 0.85;
	return { iOS: 1.25, iPadOS: 1.1, macOS: 1, ChromeOS: 0.9, Windows: 0.68, Linux: 0.5 }[device.os];
}

function create(
	visit: Visit,
	{ promptId, legacy }: { promptId: string; legacy: HeldCredential | undefined }
): CeremonyResult {
	const { person, release } = visit;
	const synced = person.credentials.filter(
		({ provider, unknownToServer }) => PROVIDERS[provider].backupEligible && !unknownToServer
	);
	const excluded = release.excludesLegacy && legacy ? [...synced, legacy] : synced;
	const request = {
		prompt_id: promptId,
		exclude_count: excluded.length,
		...(excluded.length > 0 && {
			exclude_transports: [...new Set(excluded.flatMap(({ transports }) => transports))]
		})
	};
	const home = person.devices.indexOf(visit.device);
	const chosen = chooseProvider(visit);
	// The trap: an excluded legacy credential blocks the very passkey that would replace it.
	const blocked =
		excluded.some(({ provider, home: at }) => provider === chosen.provider && at === home) ||
		(legacy !== undefined && excluded.includes(legacy));
	const failure = blocked ? 'already_registered' : rollFailure(visit, chosen.provider);
	if (failure === 'left')
		return runCeremony({ visit, type: 'registration', request, ending: { kind: 'left' } });
	if (failure || !chosen.provider)
		return runCeremony({
			visit,
			type: 'registration',
			request,
			ending: { kind: 'failure', failure: failure ?? 'cancelled' }
		});
	return register(visit, {
		provider: chosen.provider,
		crossDevice: chosen.crossDevice,
		home,
		legacy,
		request
	});
}

/** The response arrives; the server keeps the credential, or does not. */
function register(
	visit: Visit,
	{
		provider,
		crossDevice,
		home,
		legacy,
		request,
		conditional = false
	}: {
		provider: ProviderId;
		crossDevice: boolean;
		home: number;
		legacy?: HeldCredential | undefined;
		request: Record<string, unknown>;
		conditional?: boolean;
	}
): CeremonyResult {
	const { person, random } = visit;
	const facts = PROVIDERS[provider];
	const credential = hold({
		person,
		provider,
		home: facts.attachment === 'cross-platform' ? -1 : home,
		createdAt: visit.now,
		discoverable: true,
		aaguid: visibleAaguid(facts, visit),
		backedUp: facts.backupEligible && !random.chance(facts.lateBackup)
	});
	const refusal = random.weighted<VerdictReason | undefined>([
		[undefined, 988 / person.trouble],
		['challenge_expired', 5],
		['origin_mismatch', 1.5],
		['user_verification_missing', 1.5],
		['attestation_rejected', 0.5],
		['malformed_response', 0.5]
	]);
	credential.unknownToServer = refusal !== undefined;
	const median = crossDevice
		? 24_000
		: facts.attachment === 'cross-platform'
			? 12_000
			: conditional
				? 700
				: 6_200;
	const elapsedMs = Math.round(Math.min(58_000, Math.max(350, random.around(median))));
	const result = runCeremony({
		visit,
		type: 'registration',
		request,
		ending: { kind: 'response', credential, crossDevice, elapsedMs, refusal }
	});
	person.credentials.push(credential);
	if (refusal === undefined && legacy && facts.backupEligible) retire(visit, legacy);
	return result;
}

/** The upgraded credential's end: Apple overwrote it on the device, elsewhere the site stops accepting it. */
function retire(visit: Visit, legacy: HeldCredential) {
	if (!visit.random.chance(0.8)) return;
	visit.pass(0.2);
	revoke(visit, legacy, 'superseded');
	visit.person.credentials = visit.person.credentials.filter((held) => held !== legacy);
}

/** The server removes a credential. */
export function revoke(
	visit: Visit,
	credential: HeldCredential,
	reason: 'superseded' | 'user_removed' | 'lost'
) {
	visit.server({ type: 'credential.revoked', credential_ref: credential.ref, reason });
	visit.facts.push({
		kind: 'revocation',
		at: visit.now,
		user: visit.person.ref,
		client: visit.client,
		credential: credential.ref
	});
}

/** A conditional create right after a password sign-in. True when it left a passkey. */
function createSilently(visit: Visit): boolean {
	const { device, random, person } = visit;
	const provider = choosePlatformProvider(device, person.manager, random);
	if (!provider || !PROVIDERS[provider].backupEligible) return false;
	visit.newFlow();
	visit.pass(0.4);
	const request = { mediation: 'conditional' as const, timeout_ms: 15_000 };
	const odds = {
		iOS: 0.52,
		iPadOS: 0.48,
		macOS: 0.36,
		Windows: 0.15,
		Android: 0.09,
		ChromeOS: 0.12,
		Linux: 0.1
	}[device.os];
	const resumeAt = visit.now;
	if (!random.chance(odds)) {
		// The page goes on meanwhile; often it is left before the browser gives its answer.
		const ending = random.chance(0.45)
			? ({ kind: 'left' } as const)
			: ({ kind: 'failure', failure: 'conditional_not_eligible' } as const);
		visit.now += ending.kind === 'left' ? 0 : request.timeout_ms + random.int(4, 180);
		runCeremony({ visit, type: 'registration', request, ending, startedAt: resumeAt });
		visit.now = resumeAt + 60;
		return false;
	}
	return register(visit, {
		provider,
		crossDevice: false,
		home: person.devices.indexOf(device),
		request,
		conditional: true
	}).accepted;
}

function chooseProvider(visit: Visit): { provider: ProviderId | undefined; crossDevice: boolean } {
	const { device, person, random } = visit;
	if (person.ownsSecurityKey && isDesktop(device) && random.chance(0.4))
		return { provider: 'security_key', crossDevice: false };
	const local = choosePlatformProvider(device, person.manager, random);
	const phone = person.devices.find((other) => other !== device && signsForOthers(other));
	if (
		isDesktop(device) &&
		device.browser !== 'Firefox' &&
		phone &&
		random.chance(local ? 0.035 : 0.4)
	)
		return { provider: phone.ecosystem === 'apple' ? 'apple' : 'google', crossDevice: true };
	return { provider: local, crossDevice: false };
}

function rollFailure(
	visit: Visit,
	provider: ProviderId | undefined
): FailureKind | 'left' | undefined {
	const { device, random, release } = visit;
	if (release.losesFocusInFirefox && engineOf(device) === 'firefox' && random.chance(0.5))
		return 'not_focused';
	const cancels = {
		iOS: 7,
		iPadOS: 8,
		macOS: 10,
		Android: release.automaticOnAndroid ? 9 : 14,
		ChromeOS: 12,
		Windows: 19,
		Linux: 24
	}[device.os];
	return random.weighted<FailureKind | 'left' | undefined>([
		[undefined, provider ? 92 - cancels : 0],
		['cancelled', cancels],
		['left', 1.1],
		['timed_out', 1.4],
		['not_focused', 0.5],
		['extension_interfered', provider && PROVIDERS[provider].ecosystem === 'third_party' ? 3 : 0.1],
		['user_verification_unavailable', device.os === 'Android' && isChromium(device) ? 2 : 0],
		['request_pending', isChromium(device) ? 0.3 : 0],
		['authenticator_error', 0.5]
	]);
}

/** Before passkeys: the old "fast sign-in" makes a device-bound credential in this browser. */
function considerFastSignin(visit: Visit, signin: SigninResult | undefined) {
	const { device, person, random } = visit;
	const provider = earlierProvider(device);
	// Apple's systems sync whatever is made on them today, so the old offer is not shown there.
	if (signin?.method !== 'password' || !provider || provider === 'apple_legacy') return;
	const home = person.devices.indexOf(device);
	if (person.credentials.some((held) => held.home === home) || !random.chance(0.02)) return;
	visit.newFlow();
	visit.pass(6);
	const credential = hold({
		person,
		provider: person.ownsSecurityKey && random.chance(0.5) ? 'u2f_key' : provider,
		home,
		createdAt: visit.now
	});
	if (credential.provider === 'u2f_key') credential.home = -1;
	const request = {
		resident_key: 'discouraged' as const,
		exclude_count: 0,
		...(credential.home !== -1 && { requested_attachment: 'platform' as const })
	};
	runCeremony({
		visit,
		type: 'registration',
		request,
		ending: { kind: 'response', credential, elapsedMs: Math.round(random.around(5_500)) }
	});
	person.credentials.push(credential);
}
