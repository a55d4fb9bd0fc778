import type { ClickHouseClient } from '@clickhouse/client';

export interface SampleReport {
	aaguid: string;
	status: string;
	/** `YYYY-MM-DD`; left out: MDS gives none. */
	effective_date?: string;
	/** Days, in UTC: when it was first read, and when a blob without it was. */
	seen?: string;
	gone?: string;
}

/** Writes reports of the FIDO Metadata Service as a collector does that read them in its blob. */
export async function insertReports(
	client: ClickHouseClient,
	reports: SampleReport[]
): Promise<void> {
	await client.insert({
		table: 'authenticator_reports_state_v1',
		format: 'JSONEachRow',
		values: reports.map(({ seen = '2026-11-01', gone, ...report }) => ({
			...report,
			...{ first_seen_at: `${seen} 09:00:00`, last_seen_at: `${seen} 09:00:00` },
			...(gone && { gone_at: `${gone} 09:00:00` })
		}))
	});
}
