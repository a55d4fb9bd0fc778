import type { ClickHouseClient } from '@clickhouse/client';
import { comparisonRange, type DayRange, type Filters } from '../../filters.ts';
import type { Dimension } from '../../breakdown/dimensions.ts';
import type { Query } from '../define-query.ts';
import { queryAdoptionPrompts } from '../queries/adoption-prompts.ts';
import { toParameters, type FilterParameters } from '../queries/filter-sql.ts';
import { queryKpiActivity, queryKpiActivityByPart } from '../queries/kpi-activity.ts';
import { queryKpiCeremonies, queryKpiCeremoniesByPart } from '../queries/kpi-ceremonies.ts';
import {
	queryKpiEnrolledSignins,
	queryKpiEnrolledSigninsByPart
} from '../queries/kpi-enrolled-signins.ts';
import { queryKpiPasskeyHoldersByPart } from '../queries/kpi-passkey-holders-by-part.ts';
import { queryKpiPasskeyHolders } from '../queries/kpi-passkey-holders.ts';
import { queryKpiTelemetry } from '../queries/kpi-telemetry.ts';
import { queryKpiUsersByPart } from '../queries/kpi-users-by-part.ts';
import { queryKpiUsers } from '../queries/kpi-users.ts';
import { toParted, type Parted } from '../queries/part-sql.ts';
import { queryUpgradeParts } from '../queries/upgrade-parts.ts';
import { queryUpgradeRate } from '../queries/upgrade-rate.ts';
import {
	splitSpans,
	toSpanParameters,
	type PartedParameters,
	type Span,
	type SpanParameters
} from '../queries/spans-sql.ts';
import { querySyncCoverage } from '../queries/sync-coverage.ts';
import { querySyncParts } from '../queries/sync-parts.ts';

/** What a question gave: of the period, of the days compared with, and bucket by bucket. Undefined: nothing happened there. */
export interface Reading<Row> {
	whole: Row | undefined;
	compared: Row | undefined;
	buckets: (Row & { bucket: string })[];
}

interface Asked {
	client: ClickHouseClient;
	filters: Filters;
	/** Bucket by bucket, too. */
	trend: boolean;
}

interface Source<Row> {
	/** Names of the questions, as the database's own query log has them. */
	queries: readonly string[];
	/** Answers bucket by bucket when asked to. */
	overTime: boolean;
	read(asked: Asked): Promise<Reading<Row>>;
	/** The same of each part by its value, where it can be told apart. */
	readParts?(asked: PartsAsked): Promise<Map<string, Reading<Row>>>;
}

export type PartsAsked = Pick<Asked, 'client' | 'filters'> & { by: Dimension };
type SpanRow = { span: Span; bucket: string };

function bySpans<Row extends SpanRow>(
	query: Query<SpanParameters, Row>,
	byPart?: Query<PartedParameters, Row & { part: string }>
): Source<Row> {
	const read: Source<Row>['read'] = async ({ client, filters, trend }) => {
		const parameters = toSpanParameters(filters);
		const spans: Span[] = trend ? ['bucket', 'whole', 'compared'] : ['whole', 'compared'];
		return splitSpans(await query(client, { ...parameters, spans }));
	};
	return {
		queries: [query.name],
		overTime: true,
		read,
		...(byPart && { readParts: (asked: PartsAsked) => readSpanParts(byPart, asked) })
	};
}

async function readSpanParts<Row extends SpanRow & { part: string }>(
	query: Query<PartedParameters, Row>,
	{ client, filters, by }: PartsAsked
): Promise<Map<string, Reading<Row>>> {
	const parameters = { ...toSpanParameters(filters), ...toParted(by) };
	const rows = await query(client, { ...parameters, spans: ['whole', 'compared'] });
	const parts = Map.groupBy(rows, ({ part }) => part);
	return new Map([...parts].map(([part, ofPart]) => [part, splitSpans(ofPart)]));
}

/** Upgrades are of all ecosystems, unless they are told apart by that. */
const OF_ALL = { ecosystem: '', synthetic_users: 0, test_users: 0 };

/** Parts of a question that answers for a range of days as a whole. */
function readRangeParts<Part extends { part: string }, Row>(
	ask: (client: ClickHouseClient, parameters: FilterParameters & Parted) => Promise<Part[]>,
	toRow: (part: Part) => Row
) {
	return async ({ client, filters, by }: PartsAsked): Promise<Map<string, Reading<Row>>> => {
		const range = comparisonRange(filters);
		const askFor = (days: DayRange) =>
			ask(client, { ...toParameters(filters, days), ...toParted(by) });
		const [now, before = []] = await Promise.all([askFor(filters), range && askFor(range)]);
		const parts = new Set([...now, ...before].map(({ part }) => part));
		const rowOf = (rows: Part[], part: string) => {
			const row = rows.find((one) => one.part === part);
			return row && toRow(row);
		};
		return new Map(
			[...parts].map((part) => [
				part,
				{ whole: rowOf(now, part), compared: rowOf(before, part), buckets: [] }
			])
		);
	};
}

/** Of questions that answer for a range of days as a whole: they have no course over time. */
function byRange<Row>(
	{ name }: { name: string },
	ask: (client: ClickHouseClient, parameters: FilterParameters) => Promise<Row>
): Source<Row> {
	const read: Source<Row>['read'] = async ({ client, filters }) => {
		const range = comparisonRange(filters);
		const [whole, compared] = await Promise.all([
			ask(client, toParameters(filters)),
			range && ask(client, toParameters(filters, range))
		]);
		return { whole, compared, buckets: [] };
	};
	return { queries: [name], overTime: false, read };
}

/** The questions figures are made of. Each is asked once a page, however many figures it answers. */
export const SOURCES = {
	users: bySpans(queryKpiUsers, queryKpiUsersByPart),
	holders: bySpans(queryKpiPasskeyHolders, queryKpiPasskeyHoldersByPart),
	activity: bySpans(queryKpiActivity, queryKpiActivityByPart),
	ceremonies: bySpans(queryKpiCeremonies, queryKpiCeremoniesByPart),
	telemetry: bySpans(queryKpiTelemetry),
	enrolled_signins: bySpans(queryKpiEnrolledSignins, queryKpiEnrolledSigninsByPart),
	prompts: byRange(queryAdoptionPrompts, queryAdoptionPrompts),
	sync: {
		...byRange(
			querySyncCoverage,
			async (client, parameters) => (await querySyncCoverage(client, parameters))[0]
		),
		readParts: readRangeParts(querySyncParts, (row) => row)
	},
	upgrades: {
		...byRange(queryUpgradeRate, queryUpgradeRate),
		readParts: readRangeParts(queryUpgradeParts, ({ users, upgraded }) => [
			{ ...OF_ALL, users, upgraded }
		])
	}
};

export type SourceName = keyof typeof SOURCES;

/** A row of each question, by its name. */
export type Rows = {
	[Name in SourceName]: NonNullable<Awaited<ReturnType<(typeof SOURCES)[Name]['read']>>['whole']>;
};

/** Names of the questions a figure is made of. */
export const queriesOf = (sources: readonly SourceName[]): string[] =>
	sources.flatMap((name) => SOURCES[name].queries);
