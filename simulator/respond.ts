import type { VerdictReason } from '../sdk/event/index.ts';
import type { Ending } from './ceremony.ts';
import type { Visit } from './visit.ts';
import { isChromium } from './world/client.ts';
import type { FailureKind } from './world/failures.ts';
import type { HeldCredential } from './world/people.ts';
import { PROVIDERS } from './world/providers.ts';
import { brokenByRelease, slownessOfRelease } from './world/regressions.ts';

/** How one click on the passkey button ends: mostly with a response. */
export function attemptEnding(visit: Visit, credential: HeldCredential): Ending {
	const { random, device } = visit;
	const broken = brokenByRelease(visit);
	if (broken) return { kind: 'failure', failure: broken };
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
export function respond(
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
	const slowness = slownessOfRelease(visit);
	const elapsedMs = Math.round(Math.min(58_000, Math.max(600, random.around(medianMs * slowness))));
	return { kind: 'response', credential, crossDevice, elapsedMs, refusal };
}
