import type { ClickHouseClient } from '@clickhouse/client';
import { rankDifferences, type Comparison } from '../differences/rank-differences.ts';
import type { Filters } from '../filters.ts';
import { queryCeremonyDifferences } from './queries/ceremony-differences.ts';
import { ceremonyParameters } from './queries/ceremony-parameters.ts';

/** What is different about the ceremonies that an address of the list selects, within its filters. */
export async function readDifferences({
	client,
	filters,
	search
}: {
	client: ClickHouseClient;
	filters: Filters;
	/** The list's own parameters: `failure`, `cause`, `outcome` … */
	search: URLSearchParams;
}): Promise<Comparison> {
	return rankDifferences(
		await queryCeremonyDifferences(client, ceremonyParameters(filters, search))
	);
}
