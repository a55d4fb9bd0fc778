import type { CeremonyRequest, VerdictReason } from '../sdk/event/index.ts';
import { normaliseMessage } from '../sdk/common/normalise-message.ts';
import type { CeremonyFact } from './facts.ts';
import { describeResponse, verdictFacts } from './describe-response.ts';
import { isMoved } from './move-passkey.ts';
import type { Visit } from './visit.ts';
import { createFailure, readingOf, type FailureKind } from './world/failures.ts';
import { PROVIDERS, type Provider } from './world/providers.ts';
import type { HeldCredential } from './world/people.ts';

export const ORIGIN = 'https://shop.example';
export const RP_ID = 'shop.example';

/** How a ceremony is going to end; the caller rolled the dice. */
export type Ending =
	| {
			kind: 'response';
			credential: HeldCredential;
			crossDevice?: boolean;
			elapsedMs: number;
			refusal?: VerdictReason | undefined;
	  }
	| { kind: 'failure'; failure: FailureKind }
	/** The tab was closed while the dialog was open. */
	| { kind: 'left' };

export interface CeremonyResult {
	id: string;
	/** A response came and the server took it, whatever became of the telemetry. */
	accepted: boolean;
	refusal?: VerdictReason | undefined;
}

type Request = Partial<CeremonyRequest>;

/** The page calls navigator.credentials, the browser answers, the server judges: events and one fact. */
export function runCeremony({
	visit,
	type,
	request,
	ending,
	startedAt = visit.now
}: {
	visit: Visit;
	type: 'registration' | 'authentication';
	request: Request;
	ending: Ending;
	/** A conditional request began when the page was loaded. */
	startedAt?: number;
}): CeremonyResult {
	const { random, person } = visit;
	const ceremony = {
		ceremony_id: random.uuidv7(startedAt + person.clockSkewMs),
		ceremony_type: type
	};
	const asked = { ...defaultsOf(type), ...request } as CeremonyRequest;
	// A few beacons never arrive: the start, or the end of a ceremony that the server then vouches for.
	const startLost = ending.kind !== 'left' && random.chance(0.003 * person.trouble);
	if (!startLost) visit.page({ type: 'ceremony.started', ...ceremony, request: asked }, startedAt);
	const fact: CeremonyFact = {
		kind: 'ceremony',
		at: startedAt,
		user: visit.knownUser(),
		client: visit.client,
		id: ceremony.ceremony_id,
		flow: visit.flowId,
		type,
		conditional: asked.mediation === 'conditional',
		endedAt: startedAt,
		outcome: 'abandoned',
		cause: '',
		verified: undefined,
		refusal: undefined,
		startRecord: !startLost,
		named: visit.identified,
		clientRecord: ending.kind !== 'left',
		clientSucceeded: false,
		elapsedMs: undefined,
		askedForPhone: asked.hints?.includes('hybrid') ?? false,
		credential: undefined,
		crossDevice: false,
		promptId: asked.prompt_id
	};
	visit.facts.push(fact);

	if (ending.kind === 'left') {
		visit.pass(20);
		// Most pages get to say that they were left; an autofill request is nobody's doing.
		if (!fact.conditional && random.chance(0.7))
			visit.page({
				type: 'ceremony.finished',
				...ceremony,
				request: asked,
				outcome: 'abandoned',
				elapsed_ms: Math.round(visit.now - startedAt),
				evidence: { page_left: true }
			});
		if (fact.conditional) fact.outcome = 'untouched';
		return { id: ceremony.ceremony_id, accepted: false };
	}
	if (ending.kind === 'failure') {
		const timeoutMs = asked.timeout_ms ?? 60_000;
		const failed = createFailure({ kind: ending.failure, device: visit.device, timeoutMs, random });
		const elapsed_ms = fact.conditional ? visit.now - startedAt : failed.elapsed_ms;
		visit.now = startedAt + elapsed_ms;
		visit.page({
			type: 'ceremony.finished',
			...ceremony,
			request: asked,
			outcome: 'error',
			elapsed_ms,
			evidence: failed.evidence,
			error: { name: failed.error.name, signature: normaliseMessage(failed.error.message) }
		});
		if (startLost) fact.at = visit.now;
		Object.assign(fact, readingOf(ending.failure), { endedAt: visit.now, elapsedMs: elapsed_ms });
		if (fact.conditional) fact.outcome = 'untouched';
		return { id: ceremony.ceremony_id, accepted: false };
	}

	const { credential, crossDevice = false, refusal } = ending;
	const provider: Provider = PROVIDERS[credential.provider];
	const elapsed_ms =
		fact.conditional && type === 'authentication'
			? visit.now - startedAt + ending.elapsedMs
			: ending.elapsedMs;
	visit.now = startedAt + elapsed_ms;
	const verdictMissing = random.chance(0.012 * person.trouble);
	const finishLost =
		!startLost &&
		!verdictMissing &&
		!refusal &&
		provider.backupEligible &&
		random.chance(0.003 * person.trouble);
	const illegal = refusal === 'backup_flags_invalid';
	const facts = describeResponse({
		...{ visit, credential, crossDevice, type, request: asked, illegal },
		unverified: refusal === 'user_verification_missing'
	});
	if (!finishLost)
		visit.page({
			type: 'ceremony.finished',
			...ceremony,
			request: asked,
			outcome: 'succeeded',
			elapsed_ms,
			evidence: {
				focused_at_start: true,
				blurred: !fact.conditional,
				hidden: false,
				user_activation: !fact.conditional,
				api_replaced: isManager(credential),
				...(!fact.conditional && { blurred_after_ms: random.int(80, 400) })
			},
			credential: facts
		});
	if (startLost) fact.at = visit.now;
	visit.pass(0.12);
	if (!verdictMissing)
		visit.server({
			type: 'ceremony.verdict',
			...ceremony,
			verified: !refusal,
			...(refusal && { reason: refusal }),
			...(type === 'registration' && {
				attestation_format: credential.provider === 'u2f_key' ? 'fido-u2f' : 'none'
			}),
			credential: verdictFacts(facts)
		});
	const told = verdictMissing ? undefined : refusal;
	Object.assign(fact, {
		// A refusal whose verdict got lost is known to nobody: the page had its response.
		outcome: told ? 'rejected' : 'succeeded',
		cause: told ?? '',
		// The server knows whose response it was, even where the page did not yet.
		user: verdictMissing ? fact.user : person.ref,
		endedAt: visit.now,
		verified: verdictMissing ? undefined : !refusal,
		refusal: told,
		clientRecord: !finishLost,
		clientSucceeded: !finishLost,
		elapsedMs: finishLost ? undefined : elapsed_ms,
		crossDevice,
		credential: {
			ref: credential.ref,
			aaguid: type === 'registration' ? credential.aaguid : undefined,
			backupEligible: provider.backupEligible && !illegal,
			backedUp: credential.backedUp || illegal,
			ecosystem: provider.ecosystem,
			// Nothing in a sign-in tells an old U2F key from a newer one.
			legacyClass:
				credential.provider === 'u2f_key' && type === 'authentication'
					? undefined
					: provider.legacyClass,
			movedFrom: !crossDevice && isMoved(visit, credential) ? credential.provider : undefined
		}
	} satisfies Partial<CeremonyFact>);
	if (!refusal) credential.uses += type === 'authentication' ? 1 : 0;
	return { id: ceremony.ceremony_id, accepted: !refusal, refusal };
}

const isManager = ({ provider }: HeldCredential) =>
	provider === 'onepassword' || provider === 'dashlane' || provider === 'bitwarden';

function defaultsOf(type: 'registration' | 'authentication'): Request {
	const common = {
		mediation: 'optional',
		origin: ORIGIN,
		rp_id: RP_ID,
		timeout_ms: 60_000
	} as const;
	if (type === 'authentication')
		return { ...common, user_verification: 'preferred', allow_count: 0 };
	return {
		...common,
		user_verification: 'preferred',
		resident_key: 'required',
		attestation: 'none',
		exclude_count: 0
	};
}
