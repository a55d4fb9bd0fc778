import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import type { Filters } from '../../filters.ts';
import { defineQuery } from '../define-query.ts';
import { CROSS_DEVICE_STEPS } from './cross-device.ts';
import { parseCrossing, queryCrossDeviceGap, type Crossing } from './cross-device-gaps.ts';
import { COHORTS, COHORTS_SQL, type CohortKind } from './enrolment-cohorts.ts';
import { ENROLMENT_SQL, ENROLMENT_STEPS } from './enrolment-sql.ts';
import { toFunnelParameters } from './funnel-parameters.ts';
import { gapParameters, isThere, ofAttempts, ofGap } from './gap-sql.ts';
import { readCollected } from './kpi-collected.ts';
import {
	mapSigninEnds,
	SIGNIN_ATTEMPTS_SQL,
	SIGNIN_ENDS,
	SIGNIN_STEPS,
	signinParameters,
	toSigninParameters,
	type SigninEnd
} from './signin-funnel.ts';
import { UPGRADE_STEPS } from './upgrade-funnel.ts';
import { UPGRADE_SQL } from './upgrade-sql.ts';
import {
	listedUsers,
	listUsers,
	MOST_LISTED,
	withStates,
	type ListedUsers
} from './listed-users.ts';

/** The steps of each funnel whose gaps can be listed. */
export const GAP_FUNNELS = {
	enrolment: ENROLMENT_STEPS,
	upgrade: UPGRADE_STEPS,
	signin: SIGNIN_STEPS,
	'cross-device': CROSS_DEVICE_STEPS
} as const;

/** How the passkey of an upgrade came about: any way; by prompt or unasked; unasked alone; by conditional create. */
const GAP_MODES = ['all', 'asked', 'self', 'automatic'] as const;

export type GapFunnel = keyof typeof GAP_FUNNELS;

/** Whose users are asked for: those who got to the step before this one, and no further. */
export interface Gap {
	funnel: GapFunnel;
	step: string;
	/** Those who got to this step instead, however far they went from there. */
	reached: boolean;
	/** Of sign-ins: those that ended so, whatever step they got to. */
	end?: SigninEnd;
	/** Of an upgrade: its funnel. */
	ecosystem: string;
	legacyClass: string;
	mode: (typeof GAP_MODES)[number];
	/** Of the enrolment: one cohort, or those of it alone who were followed for long enough to be compared. */
	cohort?: { kind: CohortKind; which: string; followed: boolean };
	/** Across devices: which of the ceremonies. */
	crossing: Crossing;
}

const queryEnrolmentGap = defineQuery({
	name: 'enrolment-gap',
	parameters: gapParameters.extend({ offers_reported: z.boolean() }),
	row: listedUsers.row,
	sql: `WITH ${ENROLMENT_SQL} ${listUsers(`SELECT user_hash AS of_user, times[least(length(times), {depth: UInt8})] AS at FROM people WHERE ${isThere('depth')}`, { at: 'at' })}`
});

/** The same of one cohort, or those of it who were followed for long enough to be compared. */
const queryCohortGap = defineQuery({
	name: 'enrolment-cohort-gap',
	parameters: gapParameters.extend({
		offers_reported: z.boolean(),
		cohort: z.enum(COHORTS),
		which: z.string(),
		followed: z.boolean()
	}),
	row: listedUsers.row,
	sql: `WITH ${COHORTS_SQL} ${listUsers(
		`SELECT user_hash AS of_user, times[least(length(times), {depth: UInt8})] AS at FROM members
	WHERE cohort = {which: String} AND if({followed: Bool}, is_followed, ${isThere('depth')})`,
		{ at: 'at' }
	)}`
});

const queryUpgradeGap = defineQuery({
	name: 'upgrade-gap',
	parameters: gapParameters.extend({
		of_ecosystem: z.string(),
		legacy_class: z.string(),
		mode: z.enum(GAP_MODES)
	}),
	row: listedUsers.row,
	sql: `WITH ${UPGRADE_SQL} ${listUsers(
		`SELECT user_hash AS of_user, step_times[least(length(step_times), {depth: UInt8})] AS at FROM by_user
	WHERE ecosystem = {of_ecosystem: String} AND legacy_class = {legacy_class: String}
		AND ${isThere(`multiIf({mode: String} = 'all', greatest(base_depth, prompt_depth, self_depth, automatic_depth),
			{mode: String} = 'asked', greatest(base_depth, prompt_depth, self_depth),
			{mode: String} = 'self', if(self_depth > greatest(base_depth, prompt_depth), self_depth, 0),
			greatest(least(base_depth, 2), automatic_depth))`)}`,
		{ at: 'at' }
	)}`
});

const querySigninGap = defineQuery({
	name: 'signin-gap',
	parameters: signinParameters.extend(ofGap),
	row: listedUsers.row,
	sql: `WITH ${SIGNIN_ATTEMPTS_SQL} ${ofAttempts('signins', 'ended_at')}`
});

const querySigninEnd = defineQuery({
	name: 'signin-end',
	parameters: signinParameters.extend({ end: z.string(), limit: listedUsers.limit }),
	row: listedUsers.row,
	sql: `WITH ${SIGNIN_ATTEMPTS_SQL} ${ofAttempts(
		'signins',
		'ended_at',
		`multiIf(${mapSigninEnds((end, condition) => `{end: String} = '${end}', ${condition}`).join(', ')}, false)`
	)}`
});

/** Longer than any release that the contract lets in. */
const LONGEST_OF = 200;

/** Reads which gap a page's address asks for; undefined where it names none. */
export function parseGap(search: URLSearchParams): Gap | undefined {
	const funnel = search.get('funnel');
	if (!funnel || !Object.hasOwn(GAP_FUNNELS, funnel)) return undefined;
	const step = search.get('step') ?? '';
	const end = search.get('end') ?? '';
	const ended = funnel === 'signin' && Object.hasOwn(SIGNIN_ENDS, end);
	const reached = search.get('reached') === 'yes';
	const index = (GAP_FUNNELS[funnel as GapFunnel] as readonly string[]).indexOf(step);
	if (!ended && index < (reached ? 0 : 1)) return undefined;
	const cohort = COHORTS.find((one) => one === search.get('cohort'));
	const of = search.get('of')?.slice(0, LONGEST_OF) ?? '';
	return {
		funnel: funnel as GapFunnel,
		step,
		reached,
		...(ended && { end: end as SigninEnd }),
		...(funnel === 'enrolment' &&
			cohort && {
				cohort: { kind: cohort, which: of, followed: search.get('followed') === 'yes' }
			}),
		crossing: parseCrossing(search),
		ecosystem: of,
		legacyClass: search.get('class') ?? '',
		mode: GAP_MODES.find((one) => one === search.get('mode')) ?? 'all'
	};
}

/** The users behind a gap, each with the state they are in now: hashes alone tell who. */
export async function readGapUsers({
	client,
	filters,
	search,
	gap,
	limit = MOST_LISTED
}: {
	client: ClickHouseClient;
	filters: Filters;
	search: URLSearchParams;
	gap: Gap;
	limit?: number;
}): Promise<ListedUsers> {
	const { reached } = gap;
	const depth =
		(GAP_FUNNELS[gap.funnel] as readonly string[]).indexOf(gap.step) + (reached ? 1 : 0);
	const rows = await ask({
		client,
		filters,
		gap,
		search,
		asked: { ...toFunnelParameters(filters, search), depth, reached, limit }
	});
	return withStates(client, { project: filters.project, rows });
}

async function ask({
	client,
	filters,
	gap,
	search,
	asked
}: {
	client: ClickHouseClient;
	filters: Filters;
	gap: Gap;
	search: URLSearchParams;
	asked: z.input<typeof gapParameters>;
}) {
	switch (gap.funnel) {
		case 'signin': {
			const ofSignins = { ...asked, ...toSigninParameters(filters, search) };
			return gap.end === undefined
				? querySigninGap(client, ofSignins)
				: querySigninEnd(client, { ...ofSignins, end: gap.end });
		}
		case 'cross-device':
			return queryCrossDeviceGap(client, { ...asked, crossing: gap.crossing });
		case 'upgrade':
			return queryUpgradeGap(client, {
				...asked,
				of_ecosystem: gap.ecosystem,
				legacy_class: gap.legacyClass,
				mode: gap.mode
			});
		case 'enrolment': {
			const { offers } = await readCollected(client, filters.project);
			// Where offers are passed over, who did not start was last seen as eligible, one step earlier.
			const depth = asked.depth === 1 && !offers && !gap.reached ? 2 : asked.depth;
			const ofOffers = { ...asked, depth, offers_reported: offers };
			if (!gap.cohort) return queryEnrolmentGap(client, ofOffers);
			const { kind, ...ofCohort } = gap.cohort;
			return queryCohortGap(client, { ...ofOffers, cohort: kind, ...ofCohort });
		}
	}
}
