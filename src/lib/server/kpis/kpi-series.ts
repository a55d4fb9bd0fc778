import type { ClickHouseClient } from '@clickhouse/client';
import type { DayRange, Filters } from '../../filters.ts';
import { readCollected } from '../queries/kpi-collected.ts';
import { findKpi } from './registry.ts';
import { SOURCES, type Rows, type SourceName } from './sources.ts';

/** A figure on one day: its counts, or its median with the number of cases. Null: not known. */
export interface KpiDay {
	day: string;
	numerator: number | null;
	denominator: number;
	/** A share (1 is all), or milliseconds. */
	value: number | null;
}

/**
 * A figure of the registry for each of some days, each day as a period of its own. Questions that answer by the day are asked once for
 * the whole range; the others once a day.
 *
 * @param range at most 92 days, of which `days` are some
 */
export async function readKpiDays({
	client,
	id,
	filters,
	range,
	days
}: {
	client: ClickHouseClient;
	id: string;
	filters: Filters;
	range: DayRange;
	days: readonly string[];
}): Promise<KpiDay[]> {
	const kpi = findKpi(id);
	const collected = await readCollected(client, filters.project);
	const rows = new Map<string, Partial<Rows>>(days.map((day) => [day, {}]));
	for (const name of kpi.sources)
		for (const [day, row] of await readDays({ client, name, filters, range, days }))
			Object.assign(rows.get(day) ?? {}, { [name]: row });
	return days.map((day): KpiDay => {
		const answer = kpi.answer(rows.get(day) ?? {}, collected);
		if ('p50' in answer)
			return { day, numerator: null, denominator: answer.count, value: answer.p50 };
		const { numerator, denominator } = answer;
		const value = numerator === null || !denominator ? null : numerator / denominator;
		return { day, numerator, denominator: denominator ?? 0, value };
	});
}

async function readDays({
	client,
	name,
	filters,
	range,
	days
}: {
	client: ClickHouseClient;
	name: SourceName;
	filters: Filters;
	range: DayRange;
	days: readonly string[];
}): Promise<[day: string, row: object | undefined][]> {
	const asked = (part: DayRange): Filters => ({
		...filters,
		...part,
		period: 'custom',
		compare: 'none'
	});
	const source = SOURCES[name];
	if (source.overTime) {
		const { buckets } = await source.read({ client, filters: asked(range), trend: true });
		return buckets.map((row) => [row.bucket, row]);
	}
	return Promise.all(
		days.map(async (day): Promise<[string, object | undefined]> => {
			const { whole } = await source.read({
				client,
				filters: asked({ from: day, to: day }),
				trend: false
			});
			return [day, whole];
		})
	);
}
