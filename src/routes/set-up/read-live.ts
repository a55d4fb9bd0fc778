import type { Access } from '$lib/server/access/access.ts';
import { database } from '$lib/server/database.ts';
import {
	newestArrivals,
	newestRefusals,
	runningCollectors,
	setUpProgress
} from '$lib/server/queries/arrivals.ts';
import { settings } from '$lib/server/settings.ts';
import { DEMO_PROJECT, newestDemoRun } from '../../../settings/demo-runs.ts';

export type Live = Awaited<ReturnType<typeof readLive>>;

/** What the inspector shows of a project, as of now. */
export async function readLive(project: string, { projects }: Access) {
	const client = await database();
	const [arrivals, [progress], refusals, [running], demo] = await Promise.all([
		newestArrivals(client, { project }),
		setUpProgress(client, { project }),
		newestRefusals(client, { project }),
		runningCollectors(client, {}),
		newestDemoRun(await settings())
	]);
	return {
		...{ arrivals, refusals, demo },
		progress: progress!,
		collectors: running!.collectors,
		demoKnown: projects.some(({ id }) => id === DEMO_PROJECT)
	};
}
