import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { CEREMONY_COLUMNS, ceremonyRow, chosenCeremonies } from './ceremony-list.ts';
import { withProviders } from './ceremony-providers.ts';
import { count } from './column-types.ts';

const parameters = z.object({
	project: z.string(),
	/** Days looked into. */
	from: z.iso.date(),
	to: z.iso.date(),
	ceremony_type: z.string(),
	mediation: z.string(),
	os_name: z.string(),
	browser_name: z.string(),
	synthetic: z.boolean(),
	limit: z.int().min(1).max(100)
});

/** The options that a page chooses, each as text, as `optionsOf` (lib/ceremony) gives those of one ceremony. */
const OPTIONS = {
	timeout: `if(c.timeout_ms IS NULL, '', toString(c.timeout_ms))`,
	residentKey: 'toString(c.resident_key)',
	userVerification: 'toString(c.user_verification)',
	authenticatorAttachment: 'toString(c.requested_attachment)',
	attestation: 'toString(c.attestation)',
	hints: `arrayStringConcat(c.hints, ', ')`,
	rpId: 'toString(c.rp_id)',
	origin: 'toString(c.origin)',
	allowCredentials: `multiIf(c.allow_count IS NULL, '', c.allow_count = 0, 'empty', 'listed')`,
	excludeCredentials: `multiIf(c.exclude_count IS NULL, '', c.exclude_count = 0, 'empty', 'listed')`
};

const queryComparables = defineQuery({
	name: 'comparable-ceremonies',
	parameters,
	row: ceremonyRow.extend({
		options: z.record(z.string(), z.string()),
		release: z.string(),
		/** How many there are in all. */
		found: count
	}),
	sql: `
WITH alike AS
(
	SELECT ceremony_hour, ceremony_id, count() OVER () AS found
	FROM ceremonies_v1
	WHERE project_id = {project: String} AND day BETWEEN {from: Date} AND {to: Date} AND outcome = 'succeeded'
		AND ceremony_type = {ceremony_type: String} AND mediation = {mediation: String}
		AND os_name = {os_name: String} AND browser_name = {browser_name: String} AND synthetic = {synthetic: Bool}
	ORDER BY occurred_at DESC, ceremony_id DESC
	LIMIT {limit: UInt16}
)
SELECT ${CEREMONY_COLUMNS}, c.release AS release,
	map(${Object.entries(OPTIONS)
		.map(([name, value]) => `'${name}', ${value}`)
		.join(', ')}) AS options,
	(SELECT max(found) FROM alike) AS found
FROM (${chosenCeremonies('alike')}) AS c
ORDER BY c.occurred_at DESC, toString(c.ceremony_id) DESC`
});

export type ComparableCeremony = Awaited<ReturnType<typeof queryComparables>>[number];

/** The newest ceremonies that succeeded on the same system and browser, asked in the same way. */
export async function queryComparableCeremonies(
	client: ClickHouseClient,
	input: z.input<typeof parameters>
): Promise<ComparableCeremony[]> {
	const rows = await queryComparables(client, input);
	return withProviders(client, { project: input.project, rows });
}
