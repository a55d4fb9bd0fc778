import type { ClickHouseClient } from '@clickhouse/client';
import { bucketOf, type Filters } from '../../filters.ts';
import type { CsvValue } from '../../format/csv.ts';
import { CEREMONY_EXPORTS } from './ceremony-exports.ts';
import { CREDENTIAL_EXPORTS } from './credential-exports.ts';
import { FAILURE_EXPORTS } from './failure-exports.ts';
import { FUNNEL_EXPORTS } from './funnel-exports.ts';
import { HEALTH_EXPORTS } from './health-exports.ts';
import { LEDGER_EXPORTS } from './ledger-exports.ts';
import { POLICY_EXPORTS } from './policy-exports.ts';
import { RISK_EXPORTS } from './risk-exports.ts';
import { NEXT_STEP_EXPORTS } from '../next-steps/next-step-exports.ts';
import { BREAKDOWN_EXPORTS } from '../breakdown/breakdown-exports.ts';
import { SYNC_EXPORTS } from './sync-exports.ts';
import { UPGRADE_EXPORTS } from './upgrade-exports.ts';
import type { Access } from '../access/access.ts';
import { answerKpis } from '../kpis/answer-kpis.ts';
import { KPI_EXPORTS } from '../kpis/kpi-exports.ts';
import { userTotals } from '../kpis/user-totals.ts';
import { queryAdoptionBreakdown, toBreakdownParameters } from './adoption-breakdown.ts';
import { queryAdoptionPrompts } from './adoption-prompts.ts';
import { adoptionByBucket, fallbacksByReason, signinsByMethod } from './adoption-series.ts';
import { queryDailyActivity } from './daily-activity.ts';
import { toParameters } from './filter-sql.ts';
import { outcomesByBucket } from './overview-outcomes.ts';
import { projectFacts } from './project-facts.ts';
import { promptDimension, queryPromptParts } from './prompt-parts.ts';
import { queryReadiness } from './readiness.ts';
import { querySigninMethods } from './signin-methods.ts';

/** What a page's chart asked, asked again for a file: the same function, the same filters, hence the same numbers. */
export interface Export {
	/** Rows of single people, which not everybody may see who sees figures. */
	ofPeople?: true;
	/** Who keeps and breaks a policy: for those who audit. */
	ofPolicies?: true;
	/** Of passkeys alone: their provider narrows it. */
	ofPasskeys?: true;
	run: (input: ExportInput) => Promise<readonly Record<string, CsvValue>[]>;
}

/** Whether somebody may have it of a project: CSV and API ask here. */
export function mayExport(
	{ ofPeople, ofPolicies }: Pick<Export, 'ofPeople' | 'ofPolicies'>,
	{ access, project }: { access: Pick<Access, 'may'>; project: string }
): boolean {
	return (
		(!ofPeople || access.may('see-users', project)) && (!ofPolicies || access.may('audit', project))
	);
}

export interface ExportInput {
	client: ClickHouseClient;
	filters: Filters;
	/** The page's own parameters beside the filters. */
	search: URLSearchParams;
}

/** Every chart and table that can be downloaded, by the name in its address: `/export/<name>`. */
export const EXPORTS: Record<string, Export> = {
	...KPI_EXPORTS,
	...FUNNEL_EXPORTS,
	...BREAKDOWN_EXPORTS,
	...SYNC_EXPORTS,
	...UPGRADE_EXPORTS,
	...CEREMONY_EXPORTS,
	...CREDENTIAL_EXPORTS,
	...FAILURE_EXPORTS,
	...HEALTH_EXPORTS,
	...LEDGER_EXPORTS,
	...NEXT_STEP_EXPORTS,
	...POLICY_EXPORTS,
	...RISK_EXPORTS,
	'ceremonies-by-outcome': {
		run: async (input) => outcomesByBucket(await readActivity(input))
	},
	users: {
		run: async ({ client, filters }) => {
			const ids = ['eligible_users', 'activation_rate'] as const;
			const totals = userTotals(await answerKpis({ client, ids, filters, trend: false }));
			return totals ? [totals] : [];
		}
	},
	'adoption-series': { run: async (input) => adoptionByBucket(await readActivity(input)) },
	'adoption-breakdown': {
		run: ({ client, filters, search }) =>
			queryAdoptionBreakdown(client, toBreakdownParameters(filters, search))
	},
	'adoption-prompts': {
		run: ({ client, filters }) => queryAdoptionPrompts(client, toParameters(filters))
	},
	'prompts-by': {
		run: ({ client, filters, search }) =>
			queryPromptParts(client, { ...toParameters(filters), by: promptDimension(search) })
	},
	readiness: { run: ({ client, filters }) => queryReadiness(client, toParameters(filters)) },
	'signin-methods': {
		run: ({ client, filters }) => querySigninMethods(client, toParameters(filters))
	},
	'sign-ins-by-method': { run: async (input) => signinsByMethod((await readActivity(input)).rows) },
	'fallback-reasons': { run: async (input) => fallbacksByReason((await readActivity(input)).rows) }
};

async function readActivity({ client, filters }: ExportInput) {
	const [[facts], rows] = await Promise.all([
		projectFacts(client, filters),
		queryDailyActivity(client, { ...toParameters(filters), bucket: bucketOf(filters) })
	]);
	return { rows, range: filters, firstDay: facts?.first_day ?? '' };
}
