import type { Coverage } from '../../format/kpi.ts';

/** Of server verdicts, those whose page was heard, too: what pages tell of users, prompts and sign-ins is known to this extent. */
export const seenOf = (row: { decided: number; decided_seen: number } | undefined): Coverage => ({
	numerator: row?.decided_seen ?? 0,
	denominator: row?.decided ?? 0,
	of: 'Server verdicts whose ceremony the page reported, too'
});

/** Of what pages completed, that which the server decided on: what needs a verdict is known to this extent. */
export const decidedOf = (
	row: { completed: number; completed_decided: number } | undefined
): Coverage => ({
	numerator: row?.completed_decided ?? 0,
	denominator: row?.completed ?? 0,
	of: 'Completed ceremonies with a server verdict'
});
