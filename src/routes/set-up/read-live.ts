import type { Access } from '$lib/server/access/access.ts';
import { collectorUrl } from '$lib/server/collector-url.ts';
import { database } from '$lib/server/database.ts';
import {
	newestArrivals,
	newestRefusals,
	runningCollectors,
	setUpProgress
} from '$lib/server/queries/arrivals.ts';
import { settings } from '$lib/server/settings.ts';
import type { Project } from '../../../settings/projects.ts';
import { DEMO_PROJECT, newestDemoRun } from '../../../settings/demo-runs.ts';
import { findSetUpTroubles } from './describe-trouble.ts';

export type Live = Awaited<ReturnType<typeof readLive>>;

/** What the inspector shows of a project, as of now. */
export async function readLive({ id: project, origins }: Project, { projects }: Access) {
	const client = await database();
	const [arrivals, [progress], refusals, [running], demo] = await Promise.all([
		newestArrivals(client, { project }),
		setUpProgress(client, { project }),
		newestRefusals(client, { project }),
		runningCollectors(client, {}),
		newestDemoRun(await settings())
	]);
	return {
		...{ arrivals, demo },
		progress: progress!,
		troubles: findSetUpTroubles({
			...{ refusals, origins, endpoint: collectorUrl() },
			collectors: running!.collectors,
			skewMs: progress!.skew_ms
		}),
		demoKnown: projects.some(({ id }) => id === DEMO_PROJECT)
	};
}
