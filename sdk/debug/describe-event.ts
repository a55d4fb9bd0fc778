import type {
	CeremonyEvidence,
	CredentialFacts,
	EventInputOf,
	PasslensEventInput
} from '../event/event.ts';

export interface EventDescription {
	/** A few words: what happened. */
	title: string;
	tone: 'neutral' | 'good' | 'bad';
	/** What was derived, by plain name; "unknown" where the browser does not tell. */
	facts: [name: string, value: string][];
}

/** Says what an event tells, in words. */
export function describeEvent(event: PasslensEventInput): EventDescription {
	switch (event.type) {
		case 'ceremony.started':
			return {
				title: event.ceremony_type === 'registration' ? 'create() was called' : 'get() was called',
				tone: 'neutral',
				facts: describeRequest(event.request)
			};
		case 'ceremony.finished':
			return describeEnd(event);
		case 'signin.finished':
			return {
				title: `Sign-in by ${event.method} ${event.outcome}`,
				tone: event.outcome === 'succeeded' ? 'good' : 'neutral',
				facts: told([['Fallback because', event.fallback_reason]])
			};
		case 'credential.signalled':
			return {
				title: `Signal ${words(event.signal)} ${event.outcome === 'succeeded' ? 'taken' : 'failed'}`,
				tone: event.outcome === 'succeeded' ? 'good' : 'bad',
				facts: told([['Error', event.error?.name]])
			};
		case 'client.capabilities':
			return {
				title: event.webauthn ? 'This browser can use passkeys' : 'This browser has no WebAuthn',
				tone: 'neutral',
				facts: [
					['Platform authenticator', yesNo(event.platform_authenticator)],
					['Autofill', yesNo(event.conditional_mediation)]
				]
			};
		default:
			return { title: words(event.type), tone: 'neutral', facts: describeOthers(event) };
	}
}

function describeEnd(event: EventInputOf<'ceremony.finished'>): EventDescription {
	const took: [string, string] = ['Took', `${event.elapsed_ms} ms`];
	const evidence = describeEvidence(event.evidence ?? {});
	if (event.outcome === 'error') {
		return {
			title: `Ended in ${event.error?.name}`,
			tone: 'bad',
			facts: [
				...told([
					['Message', event.error?.signature],
					['Library’s code', event.error?.code]
				]),
				took,
				...evidence
			]
		};
	}
	return {
		title: event.ceremony_type === 'registration' ? 'Passkey created' : 'Signed by a passkey',
		tone: 'good',
		facts: [...describeCredential(event.credential), took, ...evidence]
	};
}

const describeRequest = (request: EventInputOf<'ceremony.started'>['request']) =>
	told([
		['Mediation', request.mediation],
		['RP ID', request.rp_id],
		['User verification', request.user_verification],
		['Discoverable asked', request.resident_key],
		['Credentials allowed', request.allow_count?.toString()],
		['Credentials excluded', request.exclude_count?.toString()],
		['Hints', request.hints?.join(', ')],
		['Prompt', request.prompt_id]
	]);

const describeCredential = (facts: Partial<CredentialFacts> = {}): [string, string][] => [
	['Backed up (BE, BS)', backup(facts)],
	['User verified (UV)', yesNo(facts.user_verified)],
	['Attachment', facts.authenticator_attachment ?? 'unknown'],
	...told([
		['From another device', toldAs(facts.cross_device)],
		['AAGUID', facts.aaguid],
		['Transports', facts.transports?.join(', ')],
		['Discoverable', toldAs(facts.discoverable)]
	])
];

function backup({ backup_eligible: eligible, backup_state: state }: Partial<CredentialFacts>) {
	if (eligible === undefined) return 'unknown';
	if (!eligible) return state ? 'against the specification: BS without BE' : 'device-bound';
	return state ? 'synced' : 'can be synced, not backed up yet';
}

const describeEvidence = (evidence: Partial<CeremonyEvidence>) =>
	told([
		[
			'Page lost focus',
			evidence.blurred_after_ms === undefined ? undefined : `after ${evidence.blurred_after_ms} ms`
		],
		['Page was hidden', evidence.hidden ? 'yes' : undefined],
		['Aborted by the page', evidence.signal_aborted ? 'yes' : undefined],
		['API replaced by another', evidence.api_replaced ? 'yes' : undefined]
	]);

/** Events without a nested part: their own fields as they are. */
const describeOthers = (event: PasslensEventInput) =>
	told(
		Object.entries(event)
			.filter(([name]) => !['id', 'type', 'time_unix_ms', 'user_ref'].includes(name))
			.map(([name, value]) => [
				words(name),
				['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined
			])
	);

/** What was told at all: what is missing has no line. */
const told = (facts: [string, string | undefined][]) =>
	facts.filter((fact): fact is [string, string] => !!fact[1]);

const yesNo = (value: boolean | undefined) =>
	value === undefined ? 'unknown' : value ? 'yes' : 'no';

/** Nothing where it is not told. */
const toldAs = (value: boolean | undefined) => (value === undefined ? undefined : yesNo(value));

/** "prompt.shown" and "all_accepted" as words. */
const words = (name: string) => name.replace(/[._]/g, ' ');
