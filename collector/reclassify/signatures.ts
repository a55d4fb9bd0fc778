import type { ClickHouseClient } from '@clickhouse/client';
import { ask } from '../lifecycle/ask.ts';

/** An error that ended ceremonies. */
export interface ErrorSignature {
	/** Ten hex digits: what it is called on the command line. */
	id: string;
	error_name: string;
	error_signature: string;
	error_code: string;
	/** Ceremonies that ended with it, and of those the ones no rule knew. */
	occurrences: number;
	unknown: number;
	/** The causes it was given, the commonest first. */
	causes: string[];
	/** Where it was seen, the commonest first: `Chrome on Windows`. */
	clients: string[];
	/** `YYYY-MM-DD`, UTC. */
	first_seen: string;
	last_seen: string;
}

/** Errors by how often they ended ceremonies; those alone that some rule did not know, unless `all`. */
export async function listSignatures({
	client,
	projectId,
	all = false
}: {
	client: ClickHouseClient;
	/** Every project when left out. */
	projectId?: string | undefined;
	all?: boolean;
}): Promise<ErrorSignature[]> {
	const rows = await ask<Record<'occurrences_total' | 'unknown_total', string> & ErrorSignature>(
		client,
		LIST,
		{ project: projectId ?? '', all_projects: projectId === undefined, all }
	);
	return rows.map(({ occurrences_total, unknown_total, ...row }) => ({
		...row,
		occurrences: Number(occurrences_total),
		unknown: Number(unknown_total)
	}));
}

const ON = `trimBoth(concat(browser_name, if(browser_name != '' AND os_name != '', ' on ', ''), os_name))`;
const ranked = (value: string) =>
	`arrayMap(pair -> pair.1, arraySort(pair -> -toInt64(pair.2), CAST(sumMap(map(${value}, occurrences)), 'Array(Tuple(String, UInt64))')))`;

const LIST = `SELECT signature_id AS id, error_name, error_signature, error_code,
		sum(occurrences) AS occurrences_total, sumIf(occurrences, unknown) AS unknown_total,
		${ranked(`concat(cause, ' (', cause_confidence, ')')`)} AS causes,
		arrayFilter(name -> name != '', ${ranked(ON)}) AS clients,
		toString(min(day)) AS first_seen, toString(max(day)) AS last_seen
	FROM error_signatures_v1
	WHERE {all_projects: Bool} OR project_id = {project: String}
	GROUP BY id, error_name, error_signature, error_code
	HAVING {all: Bool} OR unknown_total > 0
	ORDER BY occurrences_total DESC, id`;
