/** From rows to the answers of KPIs: which counts make which figure, in one place. Pure. */
import type { DurationAnswer, KpiAnswer } from '../../format/kpi.ts';

import { sumActivity, type ActivityRow } from '../queries/daily-activity.ts';
import type { CeremoniesRow } from '../queries/kpi-ceremonies.ts';
import type { Collected } from '../queries/kpi-collected.ts';
import type { HoldersRow } from '../queries/kpi-passkey-holders.ts';
import type { UsersRow } from '../queries/kpi-users.ts';

export type Answer = KpiAnswer;

type Rows = readonly ActivityRow[];

const USER_DRIVEN = ['registration', 'authentication'];

const NO_USERS = 'Call identify(userRef) once someone is known: users are counted from then on.';
const NO_OFFERS =
	'Report prompts with prompt.shown: without offers nobody can be said to have taken one.';
const NO_SIGNINS =
	'Report sign-ins by other methods with signIn: a share of all sign-ins needs all of them.';
const NO_VERDICTS =
	'Send verdicts from your server (@passlens/sdk/server): the page alone cannot know what was accepted.';

export function answerEligible(row: UsersRow | undefined, collected: Collected): KpiAnswer {
	if (!collected.users) return unknown(NO_USERS);
	return { numerator: row?.eligible ?? 0, denominator: row?.seen ?? 0 };
}

export function answerActivation(row: HoldersRow | undefined, collected: Collected): KpiAnswer {
	if (!collected.users) return unknown(NO_USERS);
	return { numerator: row?.holders ?? 0, denominator: row?.seen ?? 0 };
}

export function answerEnrollment(
	row: Pick<UsersRow, 'offered' | 'created' | 'offered_or_created'> | undefined,
	collected: Collected
): KpiAnswer {
	if (!collected.offers) return unknown(NO_OFFERS);
	const { offered = 0, created = 0, offered_or_created = 0 } = row ?? {};
	const both = offered + created - offered_or_created;
	return {
		numerator: both,
		denominator: offered,
		excluded: [
			{ count: created - both, reason: 'Users who created one without an offer in the period' }
		]
	};
}

export function answerUsage(rows: Rows, collected: Collected): KpiAnswer {
	if (!collected.signins) return unknown(NO_SIGNINS);
	const passkey = sumActivity(rows, 'authentication', 'succeeded');
	return { numerator: passkey, denominator: passkey + sumActivity(rows, 'signin') };
}

export function answerFallback(rows: Rows, collected: Collected): KpiAnswer {
	if (!collected.signins) return unknown(NO_SIGNINS);
	const fallbacks = sumActivity(rows, 'fallback');
	return {
		numerator: fallbacks,
		denominator: fallbacks + sumActivity(rows, 'authentication', 'succeeded')
	};
}

export function answerCancelled(rows: Rows): KpiAnswer {
	return shareOfStarted(rows, 'cancelled');
}

export function answerErrors(rows: Rows): KpiAnswer {
	return shareOfStarted(rows, 'failed');
}

function shareOfStarted(rows: Rows, outcome: string): KpiAnswer {
	return {
		numerator: sumActivity(rows, USER_DRIVEN, outcome),
		denominator: sumActivity(rows, USER_DRIVEN)
	};
}

/** Completed ceremonies nobody decided on are neither a success nor a failure: they are in no count. */
export function answerSuccess(row: CeremoniesRow | undefined): KpiAnswer {
	if (!row) return { numerator: 0, denominator: 0 };
	const coverage = {
		numerator: row.completed_decided,
		denominator: row.completed,
		of: 'Completed ceremonies with a server verdict'
	};
	const excluded = [{ count: row.undecided, reason: 'Completed by the page, no server verdict' }];
	if (row.completed > 0 && row.completed_decided === 0 && row.verified === 0)
		return { ...unknown(NO_VERDICTS), excluded, coverage };
	return { numerator: row.verified, denominator: row.started - row.undecided, excluded, coverage };
}

export function answerTime(row: CeremoniesRow | undefined): DurationAnswer {
	if (!row) return { p50: null, p75: null, p95: null, count: 0 };
	const { p50, p75, p95, timed, untimed } = row;
	return {
		p50,
		p75,
		p95,
		count: timed,
		excluded: [{ count: untimed, reason: 'Autofill sign-ins, or without a measured time' }]
	};
}

export function answerSyncCoverage(
	row: { covered_users: number; passkey_users: number; unowned: number } | undefined,
	collected: Collected
): KpiAnswer {
	if (!collected.users) return unknown(NO_USERS);
	return {
		numerator: row?.covered_users ?? 0,
		denominator: row?.passkey_users ?? 0,
		excluded: [{ count: row?.unowned ?? 0, reason: 'Passkeys no user is named for' }]
	};
}

/** Of the server's verdicts, those whose ceremony the page reported, too. */
export function answerPageCoverage(row: CeremoniesRow | undefined): KpiAnswer {
	return { numerator: row?.decided_seen ?? 0, denominator: row?.decided ?? 0 };
}

/** Of the ceremonies the page completed, those the server decided on. */
export function answerVerdictCoverage(row: CeremoniesRow | undefined): KpiAnswer {
	return { numerator: row?.completed_decided ?? 0, denominator: row?.completed ?? 0 };
}

function unknown(notCollected: string): KpiAnswer {
	return { numerator: null, denominator: null, notCollected };
}
