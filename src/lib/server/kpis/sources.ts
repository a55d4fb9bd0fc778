import type { ClickHouseClient } from '@clickhouse/client';
import { comparisonRange, type Filters } from '../../filters.ts';
import type { Query } from '../define-query.ts';
import { queryAdoptionPrompts } from '../queries/adoption-prompts.ts';
import { toParameters, type FilterParameters } from '../queries/filter-sql.ts';
import { queryKpiActivity } from '../queries/kpi-activity.ts';
import { queryKpiCeremonies } from '../queries/kpi-ceremonies.ts';
import { queryKpiEnrolledSignins } from '../queries/kpi-enrolled-signins.ts';
import { queryKpiPasskeyHolders } from '../queries/kpi-passkey-holders.ts';
import { queryKpiTelemetry } from '../queries/kpi-telemetry.ts';
import { queryKpiUsers } from '../queries/kpi-users.ts';
import { queryUpgradeRate } from '../queries/upgrade-rate.ts';
import {
	splitSpans,
	toSpanParameters,
	type Span,
	type SpanParameters
} from '../queries/spans-sql.ts';
import { querySyncCoverage } from '../queries/sync-coverage.ts';

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
}

function bySpans<Row extends { span: Span; bucket: string }>(
	query: Query<SpanParameters, Row>
): Source<Row> {
	const read: Source<Row>['read'] = async ({ client, filters, trend }) => {
		const parameters = toSpanParameters(filters);
		const spans: Span[] = trend ? ['bucket', 'whole', 'compared'] : ['whole', 'compared'];
		return splitSpans(await query(client, { ...parameters, spans }));
	};
	return { queries: [query.name], overTime: true, read };
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
	users: bySpans(queryKpiUsers),
	holders: bySpans(queryKpiPasskeyHolders),
	activity: bySpans(queryKpiActivity),
	ceremonies: bySpans(queryKpiCeremonies),
	telemetry: bySpans(queryKpiTelemetry),
	enrolled_signins: bySpans(queryKpiEnrolledSignins),
	prompts: byRange(queryAdoptionPrompts, queryAdoptionPrompts),
	sync: byRange(
		querySyncCoverage,
		async (client, parameters) => (await querySyncCoverage(client, parameters))[0]
	),
	upgrades: byRange(queryUpgradeRate, queryUpgradeRate)
};

export type SourceName = keyof typeof SOURCES;

/** A row of each question, by its name. */
export type Rows = {
	[Name in SourceName]: NonNullable<Awaited<ReturnType<(typeof SOURCES)[Name]['read']>>['whole']>;
};

/** Names of the questions a figure is made of. */
export const queriesOf = (sources: readonly SourceName[]): string[] =>
	sources.flatMap((name) => SOURCES[name].queries);
