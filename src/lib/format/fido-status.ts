/** What the FIDO Metadata Service says of an authenticator model, in words. Source: FIDO Metadata Service 3.1, AuthenticatorStatus. */

export interface StatusWords {
	name: string;
	meaning: string;
	/** Something to do: the model is not to be trusted as before. */
	bad?: true;
}

const STATUSES: Record<string, StatusWords> = {
	NOT_FIDO_CERTIFIED: { name: 'Not certified', meaning: 'The model has no FIDO certification.' },
	SELF_ASSERTION_SUBMITTED: {
		name: 'Not certified, self-asserted',
		meaning: 'The maker filled in FIDO’s checklist itself; nobody checked it.'
	},
	USER_VERIFICATION_BYPASS: {
		name: 'User verification can be bypassed',
		meaning: 'Somebody who holds it can sign in without its fingerprint, face or PIN.',
		bad: true
	},
	ATTESTATION_KEY_COMPROMISE: {
		name: 'Attestation key compromised',
		meaning: 'Others may pose as this model: its attestation proves nothing any more.',
		bad: true
	},
	USER_KEY_REMOTE_COMPROMISE: {
		name: 'Keys can be taken from afar',
		meaning: 'A weakness lets others take or use its keys remotely.',
		bad: true
	},
	USER_KEY_PHYSICAL_COMPROMISE: {
		name: 'Keys can be taken by whoever holds it',
		meaning: 'A weakness lets somebody who holds it take its keys.',
		bad: true
	},
	RETIRED: {
		name: 'Retired',
		meaning: 'Its maker withdrew the model and means it not to be accepted any more.'
	},
	REVOKED: {
		name: 'Revoked',
		meaning: 'FIDO advises against accepting it. Its holders need another authenticator.',
		bad: true
	}
};

/** Statuses that say: not to be trusted as before. */
export const BAD_STATUSES: readonly string[] = Object.keys(STATUSES).filter(
	(status) => STATUSES[status]?.bad
);

const LEVELS: Record<string, string> = {
	'1': 'Withstands basic software attacks.',
	'1plus': 'Withstands basic software attacks, verified by a laboratory.',
	'2': 'Withstands large-scale attacks on a compromised operating system.',
	'2plus': 'The same, with a deeper review by a laboratory.',
	'3': 'Withstands attacks on the circuit board.',
	'3plus': 'Withstands attacks on the chip itself.'
};

/** A status or a certification; undefined for an empty one. One that is not in the list is shown as it is. */
export function describeStatus(status: string): StatusWords | undefined {
	if (!status) return undefined;
	const known = Object.hasOwn(STATUSES, status) ? STATUSES[status] : undefined;
	if (known) return known;
	// Level 1 had no number before there were levels.
	const level = /^FIDO_CERTIFIED(?:_L(\dplus|\d))?$/.exec(status);
	if (!level) return { name: status.replaceAll('_', ' ').toLowerCase(), meaning: '' };
	const of = level[1] ?? '1';
	return {
		name: `FIDO certified, level ${of.replace('plus', '+')}`,
		meaning: LEVELS[of] ?? ''
	};
}
