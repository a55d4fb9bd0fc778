import { join } from 'node:path';
import { publishProjectZones } from '../../collector/store/project-zones.ts';
import { refreshDailyActivity } from '../../collector/store/refresh-daily-activity.ts';
import { publishRolledUpTags } from '../../collector/store/rolled-up-tags.ts';
import type { Settings } from '../../settings/open-settings.ts';
import { listRolledUpTags } from '../../settings/rolled-up-tags.ts';
import { listTimeZones } from '../../settings/time-zone.ts';
import type { Fact } from '../../simulator/facts.ts';
import { simulate, type Scenario } from '../../simulator/simulate.ts';
import { prepareProject, type OpenDatabase } from '../../simulator/target.ts';
import { writeToDatabase } from '../../simulator/write-to-database.ts';

/** Writes a simulated rollout straight into an open database, as `npm run simulate` does, and tells what truly happened in it. */
export async function writeRollout({
	database,
	settings,
	dataDir,
	project,
	scenario
}: {
	database: OpenDatabase;
	settings: Settings;
	/** Where rows may lie for a moment. */
	dataDir: string;
	/** Made when it is missing. */
	project: string;
	scenario: Scenario;
}): Promise<Fact[]> {
	const days = [...simulate(scenario)];
	const { sender } = await prepareProject({ settings, project });
	await writeToDatabase({
		...{ ...database, sender, days, directory: join(dataDir, 'simulator') },
		now: Date.parse('2030-01-01')
	});
	await publishRolledUpTags({ client: database.client, chosen: await listRolledUpTags(settings) });
	await publishProjectZones({ client: database.client, chosen: await listTimeZones(settings) });
	await refreshDailyActivity({ client: database.client, projectId: project });
	return days.flatMap(({ facts }) => facts);
}
