import { parseArgs } from 'node:util';
import { databaseOptionsFromEnvironment } from '../migrations/connect.ts';
import { migrateDatabase } from '../migrations/migrate-database.ts';
import { applyConfiguration } from '../settings/configuration/apply-configuration.ts';
import {
	findConfiguration,
	readConfiguration
} from '../settings/configuration/read-configuration.ts';
import { openSettings } from '../settings/open-settings.ts';
import { backUpBeforeLoss } from './backup/back-up-before-loss.ts';
import { readTableSources } from './enrichment/table-sources.ts';
import { errorFields, jsonLog } from './log.ts';
import { readEnvironment } from './read-environment.ts';
import { startCollector } from './start-collector.ts';

async function main(): Promise<void> {
	const environment = readEnvironment();
	const { values } = parseArgs({ options: { config: { type: 'string' } } });
	const path = findConfiguration({ named: values.config });
	const configuration = path === undefined ? undefined : readConfiguration({ path });
	const tables = readTableSources({ configuration });
	const database = databaseOptionsFromEnvironment();
	await migrateDatabase(database, {
		beforeLoss: backUpBeforeLoss({ database, say: (words) => jsonLog('info', words) })
	});
	const { dataDir } = database;
	const settings = await openSettings({ dataDir });
	if (configuration) {
		const changes = await applyConfiguration(settings, configuration);
		jsonLog('info', 'The configuration file was applied.', { file: configuration.file, changes });
	}
	const collector = await startCollector({
		...{ ...environment, dataDir, database, settings, tables }
	});
	const end = async () => {
		await collector.close();
		await settings.destroy();
		process.exit(0);
	};
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
}

/** The collector as a process of its own, as the environment says: started by this file, or by the image's entry. */
export async function run(): Promise<void> {
	try {
		await main();
	} catch (error) {
		jsonLog('error', 'The collector could not start.', errorFields(error));
		process.exit(1);
	}
}

if (import.meta.main) await run();
