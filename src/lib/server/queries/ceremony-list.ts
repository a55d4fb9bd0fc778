import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { shiftDay } from '../../filters.ts';
import { localDay, UTC } from '../../zone/local-day.ts';
import { OUTCOMES } from '../../format/names.ts';
import { defineQuery } from '../define-query.ts';
import { ceremonyFilterParameters, WHERE_CEREMONY } from './ceremony-filter-sql.ts';
import { withProviders } from './ceremony-providers.ts';
import { bool, count, flag, hashSql, utcTime } from './column-types.ts';

/** What a row of a list tells of a ceremony. */
export const ceremonyRow = z.object({
	ceremony_id: z.string(),
	occurred_at: utcTime,
	ceremony_type: z.enum(['registration', 'authentication']),
	mediation: z.string(),
	automatic: bool,
	outcome: z.enum(OUTCOMES),
	cause: z.string(),
	cause_confidence: z.string(),
	os_name: z.string(),
	os_version: z.string(),
	browser_name: z.string(),
	browser_version: z.string(),
	application: z.string(),
	/** Provider claimed at registration; looked up in the ledger for sign-ins. Empty: unknown. */
	provider: z.string(),
	user_present: flag,
	user_verified: flag,
	backup_eligible: flag,
	backup_state: flag,
	cross_device: flag,
	elapsed_ms: count.nullable(),
	user_hash: z.string(),
	credential_hash: z.string(),
	synthetic: bool
});

export type CeremonyRow = z.infer<typeof ceremonyRow>;

/** The columns of `ceremonyRow`, from ceremonies_v1 as `c`. */
export const CEREMONY_COLUMNS = `
	c.ceremony_id AS ceremony_id, c.occurred_at AS occurred_at, c.ceremony_type AS ceremony_type, c.mediation AS mediation,
	c.automatic AS automatic, c.outcome AS outcome, c.cause AS cause, c.cause_confidence AS cause_confidence,
	c.os_name AS os_name, c.os_version AS os_version, c.browser_name AS browser_name, c.browser_version AS browser_version,
	c.application AS application, c.provider AS provider,
	c.user_present AS user_present, c.user_verified AS user_verified,
	c.backup_eligible AS backup_eligible, c.backup_state AS backup_state, c.cross_device AS cross_device,
	c.elapsed_ms AS elapsed_ms, ${hashSql('c.user_hash')} AS user_hash, ${hashSql('c.credential_hash')} AS credential_hash,
	c.synthetic AS synthetic`;

/** The ceremonies whose hour and id `keys` (a common table expression) names; read wide, and found by their key. */
export const chosenCeremonies = (keys: string) => `
	SELECT * FROM ceremonies_v1
	WHERE project_id = {project: String} AND (ceremony_hour, ceremony_id) IN (SELECT ceremony_hour, ceremony_id FROM ${keys})`;

const pageParameters = ceremonyFilterParameters.extend({
	before_at: z.iso.datetime(),
	before_id: z.string(),
	limit: z.int().min(1).max(10_000)
});

const queryCeremonies = defineQuery({
	name: 'ceremony-list',
	parameters: pageParameters,
	row: ceremonyRow,
	sql: `
WITH page AS
(
	SELECT ceremony_hour, ceremony_id
	FROM ceremonies_v1
	WHERE ${WHERE_CEREMONY}
		AND ({before_id: String} = ''
			OR (occurred_at, toString(ceremony_id)) < (parseDateTime64BestEffort({before_at: String}, 3, 'UTC'), {before_id: String}))
	ORDER BY occurred_at DESC, toString(ceremony_id) DESC
	LIMIT {limit: UInt32}
)
SELECT ${CEREMONY_COLUMNS}
FROM (${chosenCeremonies('page')}) AS c
ORDER BY c.occurred_at DESC, toString(c.ceremony_id) DESC`
});

/** Days looked into for a page, one after another until it is full: the newest ceremonies are on the newest days. */
const DAYS_TRIED = [2, 30] as const;

/**
 * A page of ceremonies, newest first, after the one the cursor names (empty id: from the newest).
 * The page is chosen by its narrow columns first and read wide only then: the table has ninety.
 */
export async function queryCeremonyList(
	client: ClickHouseClient,
	parameters: z.input<typeof pageParameters>
): Promise<CeremonyRow[]> {
	const rows = await askForPage(client, parameters);
	return withProviders(client, { project: parameters.project, rows });
}

async function askForPage(
	client: ClickHouseClient,
	parameters: z.input<typeof pageParameters>
): Promise<CeremonyRow[]> {
	const before = localDay(Date.parse(parameters.before_at), parameters.zone ?? UTC);
	const to = before < parameters.to ? before : parameters.to;
	for (const days of DAYS_TRIED) {
		const from = shiftDay(to, 1 - days);
		if (from <= parameters.from) break;
		const rows = await queryCeremonies(client, { ...parameters, from, to });
		if (rows.length === parameters.limit) return rows;
	}
	return queryCeremonies(client, { ...parameters, to });
}
