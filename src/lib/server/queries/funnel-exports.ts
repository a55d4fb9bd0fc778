import type { CsvValue } from '../../format/csv.ts';
import { CROSS_DEVICE_STEPS, queryCrossDevice } from './cross-device.ts';
import { linkingOf } from '../../format/phone-linking.ts';
import { readCrossDevicePhones } from './cross-device-phones.ts';
import { queryEnrolmentCohorts, type CohortKind } from './enrolment-cohorts.ts';
import { readEnrolmentFunnel } from './enrolment-funnel.ts';
import { ENROLMENT_STEPS } from './enrolment-sql.ts';
import type { Export, ExportInput } from './exports.ts';
import { parseGap, readGapUsers } from './funnel-gaps.ts';
import { toParameters } from './filter-sql.ts';
import { toFunnelParameters } from './funnel-parameters.ts';
import { readCollected } from './kpi-collected.ts';
import { readRetention } from './passkey-retention.ts';
import { parseUserGroup, readUserGroup } from './user-groups.ts';
import {
	mapSigninEnds,
	querySigninFunnel,
	SIGNIN_STEPS,
	toSigninParameters,
	type SigninEnd
} from './signin-funnel.ts';

/** Of a gap's file; the page shows the latest of them. */
const MOST_USERS = 1_000;

/** Of a file of cohorts. */
const MOST_LINES = 100_000;

const ENDS = ['signed_in', ...mapSigninEnds((end) => end)] as ('signed_in' | SigninEnd)[];

async function cohortsBy(cohort: CohortKind, { client, filters, search }: ExportInput) {
	const { offers } = await readCollected(client, filters.project);
	const rows = await queryEnrolmentCohorts(client, {
		...toFunnelParameters(filters, search),
		offers_reported: offers,
		cohort,
		limit: MOST_LINES
	});
	return rows.map((row) => ({
		[cohort]: row.cohort,
		...Object.fromEntries(ENROLMENT_STEPS.map((step, index) => [step, row.at_step[index]!])),
		followed: row.followed,
		came_to_use: row.came_to_use
	}));
}

export const FUNNEL_EXPORTS: Record<string, Export> = {
	'adoption-funnel': {
		run: async ({ client, filters, search }) => {
			const collected = await readCollected(client, filters.project);
			const asked = toFunnelParameters(filters, search);
			const { steps } = await readEnrolmentFunnel(client, asked, collected);
			return steps.map((step) => ({ ...step }));
		}
	},
	'enrolment-cohorts-by-week': { run: (input) => cohortsBy('week', input) },
	'enrolment-cohorts-by-release': { run: (input) => cohortsBy('release', input) },
	'passkey-retention': {
		run: async ({ client, filters }) =>
			(await readRetention(client, toParameters(filters))).flatMap(({ cohort, users, weeks }) =>
				weeks.flatMap((week, index) =>
					week ? [{ first_passkey_in: cohort, users, week: index + 1, ...week }] : []
				)
			)
	},
	'signin-funnel': {
		run: async ({ client, filters, search }) => {
			const [row] = await querySigninFunnel(client, toSigninParameters(filters, search));
			return SIGNIN_STEPS.map((step, index) => ({
				step,
				signins: row![step],
				median_ms: row!.median_ms[index]!,
				p90_ms: row!.p90_ms[index]!
			}));
		}
	},
	'signin-ends': {
		run: async ({ client, filters, search }) => {
			const [row] = await querySigninFunnel(client, toSigninParameters(filters, search));
			return ENDS.map((end) => ({ end, signins: row![end] }));
		}
	},
	'cross-device-funnel': {
		run: async ({ client, filters, search }) => {
			const [whole] = await queryCrossDevice(client, toFunnelParameters(filters, search));
			return CROSS_DEVICE_STEPS.map((step, index) => ({
				step,
				ceremonies: whole![step],
				median_ms: whole!.median_ms[index]!,
				p90_ms: whole!.p90_ms[index]!
			}));
		}
	},
	'cross-device-platforms': {
		run: async ({ client, filters, search }) => {
			const rows = await queryCrossDevice(client, toFunnelParameters(filters, search));
			return rows
				.filter(({ whole, prompted }) => !whole && prompted > 0)
				.map((row): Record<string, CsvValue> => {
					const { platform, started, prompted, answered, succeeded, passkey_here } = row;
					const { answer_p50_ms, answer_p90_ms } = row;
					return {
						platform,
						started,
						prompted,
						answered,
						succeeded,
						passkey_here,
						answer_p50_ms,
						answer_p90_ms
					};
				});
		}
	},
	'cross-device-phones': {
		run: async ({ client, filters, search }) =>
			(await readCrossDevicePhones(client, toFunnelParameters(filters, search))).phones.map(
				(row) => ({ ...row, linking: linkingOf(row.platform, row.phone) })
			)
	},
	'cross-device-turns': {
		run: async ({ client, filters, search }) =>
			(await readCrossDevicePhones(client, toFunnelParameters(filters, search))).turns
	},
	'gap-users': {
		ofPeople: true,
		run: async ({ client, filters, search }) => {
			const gap = parseGap(search);
			const group = parseUserGroup(search);
			const asked = { client, filters, limit: MOST_USERS };
			const { users } = gap
				? await readGapUsers({ ...asked, search, gap })
				: group
					? await readUserGroup({ ...asked, group })
					: { users: [] };
			return users.map(({ legacy_classes, ecosystems, last_signin_by_method, ...row }) => ({
				...row,
				legacy_classes: legacy_classes.join(' '),
				ecosystems: ecosystems.join(' '),
				last_signin_by_method: JSON.stringify(last_signin_by_method)
			}));
		}
	}
};
