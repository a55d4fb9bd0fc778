import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { bool, utcTime } from './column-types.ts';

/** Every time a ceremony told a credential's BE and BS, oldest first, once a ceremony and sender. */
export const queryCredentialFlagHistory = defineQuery({
	name: 'credential-flag-history',
	parameters: z.object({
		project: z.string(),
		credential_hash: z.string().regex(/^\d{1,20}$/),
		/** Day the credential was first seen: nothing can be before it. */
		from: z.iso.date()
	}),
	row: z.object({
		ceremony_id: z.string(),
		ceremony_type: z.string(),
		occurred_at: utcTime,
		/** Whether the site's server told it, or the page. */
		by_server: bool,
		be: bool,
		bs: bool,
		os_name: z.string()
	}),
	sql: `
SELECT
	ceremony_id, ceremony_type, occurred_at, event_type = 'ceremony.verdict' AS by_server,
	assumeNotNull(backup_eligible) AS be, assumeNotNull(backup_state) AS bs, os_name
FROM events_raw_v1 FINAL
WHERE project_id = {project: String} AND event_date >= {from: Date} AND credential_hash = toUInt64({credential_hash: String})
	AND backup_eligible IS NOT NULL AND backup_state IS NOT NULL
ORDER BY occurred_at, event_id`
});

type FlagsSeen = Awaited<ReturnType<typeof queryCredentialFlagHistory>>[number];

export type TransitionVerdict =
	'first' | 'backed_up' | 'no_longer_backed_up' | 'eligibility_changed' | 'illegal';

export interface FlagTransition extends FlagsSeen {
	/** Flags before; absent for the first. */
	before?: { be: boolean; bs: boolean };
	verdict: TransitionVerdict;
}

/** The times the flags changed, the first sight of them included; what did not change anything is left out. */
export function flagTransitions(history: readonly FlagsSeen[]): FlagTransition[] {
	const transitions: FlagTransition[] = [];
	for (const seen of history) {
		const last = transitions.at(-1);
		if (last && last.be === seen.be && last.bs === seen.bs) continue;
		const before = last && { be: last.be, bs: last.bs };
		transitions.push({ ...seen, ...(before && { before }), verdict: judge(seen, before) });
	}
	return transitions;
}

/** WebAuthn Level 3, 6.1.3: BS needs BE, and BE is fixed at creation; BS may change either way. */
function judge(
	now: { be: boolean; bs: boolean },
	before: { be: boolean; bs: boolean } | undefined
): TransitionVerdict {
	if (now.bs && !now.be) return 'illegal';
	if (!before) return 'first';
	if (now.be !== before.be) return 'eligibility_changed';
	return now.bs ? 'backed_up' : 'no_longer_backed_up';
}
