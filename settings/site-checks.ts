import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Settings } from './open-settings.ts';
import type { SiteCheckTable } from './schema.ts';

const findingSchema = z.object({
	code: z.string(),
	level: z.enum(['ok', 'note', 'warning', 'error']),
	area: z.string(),
	found: z.string(),
	advice: z.string(),
	link: z.string()
});

/** One thing that a look at a site found, as the doctor tells it. */
export type SiteFinding = z.infer<typeof findingSchema>;

/** What was found of a site, for as long as nothing else was. */
export interface SiteCheck {
	id: string;
	projectId: string;
	/** Its origin. */
	site: string;
	/** Unix epoch in milliseconds: the first and the last look that found this. */
	firstAt: number;
	lastAt: number;
	findings: SiteFinding[];
}

/** Changes of one site that are kept. */
const MOST_KEPT = 50;

/** Notes a look at a site: another entry where it found something else than the look before. */
export async function noteSiteCheck(
	settings: Settings,
	{
		projectId,
		site,
		findings,
		now = Date.now()
	}: { projectId: string; site: string; findings: readonly SiteFinding[]; now?: number }
): Promise<void> {
	const text = JSON.stringify(z.array(findingSchema).parse(findings));
	const [newest, ...older] = await rowsOf(settings, projectId, site);
	if (newest?.findings === text) {
		await settings
			.updateTable('site_check')
			.set({ last_unix_ms: now })
			.where('id', '=', newest.id)
			.execute();
		return;
	}
	await settings
		.insertInto('site_check')
		.values({
			...{ id: randomUUID(), project_id: projectId, site, findings: text },
			...{ first_unix_ms: now, last_unix_ms: now }
		})
		.execute();
	const forgotten = older.slice(MOST_KEPT - 2).map(({ id }) => id);
	if (forgotten.length > 0)
		await settings.deleteFrom('site_check').where('id', 'in', forgotten).execute();
}

/** What was found of a project's sites, the newest first. */
export async function listSiteChecks(settings: Settings, projectId: string): Promise<SiteCheck[]> {
	return (await rowsOf(settings, projectId)).map(toCheck);
}

async function rowsOf(settings: Settings, projectId: string, site?: string) {
	let query = settings
		.selectFrom('site_check')
		.selectAll()
		.where('project_id', '=', projectId)
		.orderBy('first_unix_ms', 'desc')
		.orderBy('id');
	if (site !== undefined) query = query.where('site', '=', site);
	return query.execute();
}

function toCheck(row: Selectable<SiteCheckTable>): SiteCheck {
	return {
		...{ id: row.id, projectId: row.project_id, site: row.site },
		...{ firstAt: Number(row.first_unix_ms), lastAt: Number(row.last_unix_ms) },
		findings: z.array(findingSchema).parse(JSON.parse(row.findings))
	};
}
