import type { ClickHouseClient } from '@clickhouse/client';
import type { Settings } from '../../../../settings/open-settings.ts';
import type { Project } from '../../../../settings/projects.ts';
import { listSiteChecks, noteSiteCheck } from '../../../../settings/site-checks.ts';
import { sitesToCheck } from '../../health/sites-to-check.ts';
import { queryRpIdsSeen } from '../queries/rp-ids-seen.ts';
import { checkSite, type SiteReach } from './check-site.ts';

/** More sites of one project are not looked at in one round. */
const MOST_SITES = 20;
/** As many are looked at side by side: each may take its whole time. */
const AT_ONCE = 4;

/** Looks at a project's sites, a few at a time, and notes what was found. `olderThanMs`: those alone that were not looked at for so long. */
export async function checkSites({
	client,
	settings,
	project,
	reach,
	olderThanMs = 0
}: {
	client: ClickHouseClient;
	settings: Settings;
	project: Pick<Project, 'id' | 'origins'>;
	reach: SiteReach;
	olderThanMs?: number;
}): Promise<void> {
	if (project.origins.length === 0) return;
	const sites = sitesToCheck(
		project.origins,
		await queryRpIdsSeen(client, { project: project.id })
	);
	const checks = await listSiteChecks(settings, project.id);
	const due = sites.filter(({ site }) => {
		const last = checks.find((check) => check.site === site)?.lastAt ?? 0;
		return Date.now() - last >= olderThanMs;
	});
	for (let from = 0; from < Math.min(due.length, MOST_SITES); from += AT_ONCE) {
		const looks = due.slice(from, from + AT_ONCE).map(async ({ site, rpId, related }) => {
			const findings = await checkSite({ origin: site, rpId, related, reach });
			return { projectId: project.id, site, findings };
		});
		for (const look of await Promise.all(looks)) await noteSiteCheck(settings, look);
	}
}
