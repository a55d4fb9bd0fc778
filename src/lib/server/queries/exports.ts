import type { ClickHouseClient } from '@clickhouse/client';
import type { Filters } from '../../filters.ts';
import type { CsvValue } from '../../format/csv.ts';

/** What a page's chart asked, asked again for a file: the same function, the same filters, hence the same numbers. */
export interface Export {
	run: (input: ExportInput) => Promise<readonly Record<string, CsvValue>[]>;
}

export interface ExportInput {
	client: ClickHouseClient;
	filters: Filters;
	/** The page's own parameters beside the filters. */
	search: URLSearchParams;
}

/** Every chart and table that can be downloaded, by the name in its address: `/export/<name>`. */
export const EXPORTS: Record<string, Export> = {};
