import type { ClickHouseClient } from '@clickhouse/client';
import type { Settings } from '../../../../settings/open-settings.ts';
import { listProjects } from '../../../../settings/projects.ts';
import { keepTask } from '../keep-task.ts';
import type { SiteReach } from './check-site.ts';
import { checkSites } from './check-sites.ts';

/** How often it is asked which sites are due: those that were added, too, are looked at soon. */
const ASKED_EVERY_MS = 60_000;

/** Looks at every project's sites every `everyMs`, in one of the processes that do this. @returns a function that ends it */
export function keepSiteChecks({
	client,
	settings,
	reach,
	everyMs,
	onError
}: {
	client: () => Promise<ClickHouseClient>;
	settings: () => Promise<Settings>;
	reach: SiteReach;
	everyMs: number;
	onError: (error: unknown) => void;
}): () => Promise<void> {
	return keepTask({
		...{ lease: 'site-checks', settings, onError },
		everyMs: Math.min(everyMs, ASKED_EVERY_MS),
		run: async (store) => {
			for (const project of await listProjects(store))
				await checkSites({
					...{ client: await client(), settings: store, project, reach },
					olderThanMs: everyMs
				});
		}
	});
}
