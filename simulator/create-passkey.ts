import type { VerdictReason } from '../sdk/event/index.ts';
import { runCeremony, type CeremonyResult } from './ceremony.ts';
import { visibleAaguid } from './describe-response.ts';
import { retire } from './revoke.ts';
import type { Visit } from './visit.ts';
import { isChromium } from './world/client.ts';
import type { FailureKind } from './world/failures.ts';
import { hold, isDesktop, type HeldCredential } from './world/people.ts';
import {
	choosePlatformProvider,
	PROVIDERS,
	signsForOthers,
	type ProviderId
} from './world/providers.ts';
import { brokenByRelease, providerOfRelease } from './world/regressions.ts';

/** The page asks for a new passkey, after an offer was accepted. */
export function createPasskey(
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

/** A conditional create right after a password sign-in. True when it left a passkey. */
export function createSilently(visit: Visit): boolean {
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
	const handed = providerOfRelease(visit);
	if (handed) return { provider: handed, crossDevice: false };
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
	const broken = brokenByRelease(visit);
	if (broken) return broken;
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
