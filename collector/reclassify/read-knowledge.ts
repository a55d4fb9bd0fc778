import type { ClickHouseClient } from '@clickhouse/client';
import { readLegacyRules } from '../../settings/legacy-rules.ts';
import type { Settings } from '../../settings/open-settings.ts';
import { CREDENTIAL_ECOSYSTEMS } from '../domain/ecosystems.ts';
import { findBuiltInProvider, type Provider } from '../domain/providers.ts';
import { BUILT_IN_KNOWLEDGE, type Knowledge } from '../enrichment/knowledge.ts';
import { readClassifier } from '../enrichment/signature-names.ts';
import { ask } from '../lifecycle/ask.ts';

/**
 * What the collectors know now: the names of providers as they last published them, so that a command need not be told of
 * lists and addresses again, and the rules with the operator's names for errors and classes of models.
 */
export async function readKnowledge({
	client,
	settings
}: {
	client: ClickHouseClient;
	settings: Settings;
}): Promise<Knowledge> {
	const rows = await ask<{ aaguid: string; name: string; ecosystem: string; test: boolean }>(
		client,
		`SELECT aaguid, name, ecosystem, test FROM authenticators_v1 WHERE name != ''`
	);
	const published = new Map(rows.map((row) => [row.aaguid, asProvider(row)]));
	// No collector of this version has run yet.
	const findProvider =
		published.size === 0
			? findBuiltInProvider
			: (aaguid: string | undefined) => published.get(aaguid ?? '');
	const rules = await readLegacyRules(settings);
	return {
		...BUILT_IN_KNOWLEDGE,
		...(await readClassifier(settings)),
		findProvider,
		legacyRules: () => rules
	};
}

function asProvider(row: { name: string; ecosystem: string; test: boolean }): Provider {
	return {
		name: row.name,
		ecosystem: CREDENTIAL_ECOSYSTEMS.find((item) => item === row.ecosystem),
		...(row.test && { test: true })
	};
}
