import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { parseFilters } from '../../filters.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { capabilities, ceremony, passwordSignIn } from '../testing/sample-events.ts';
import { answerKpis } from './answer-kpis.ts';

const FILE = join(import.meta.dirname, '../../../../deploy/grafana/passlens.json');
const DAYS = { from: '2026-11-01', to: '2026-11-30' };

const dashboard = z
	.object({
		templating: z.object({ list: z.array(z.object({ name: z.string(), query: z.string() })) }),
		panels: z.array(
			z.object({
				id: z.int(),
				title: z.string(),
				description: z.string(),
				gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
				targets: z.tuple([
					z.object({ rawSql: z.string(), queryType: z.enum(['timeseries', 'table']) })
				])
			})
		)
	})
	.parse(JSON.parse(readFileSync(FILE, 'utf8')));

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
	const shop = { project_id: 'shop', user_hash: 0xa, os_name: 'iOS', client_ecosystem: 'apple' };
	const synced = { credential_hash: 0xff, backup_eligible: true, backup_state: true };
	await database.insert([
		capabilities(shop, '2026-11-02 09:00', true),
		...ceremony(shop, {
			...{ at: '2026-11-02 10:00', type: 'registration', end: synced, verdict: { verified: true } }
		}),
		...ceremony(shop, {
			...{
				at: '2026-11-03 10:00',
				type: 'authentication',
				end: synced,
				verdict: { verified: true }
			}
		}),
		...ceremony(shop, {
			...{ at: '2026-11-03 11:00', type: 'authentication' },
			end: { error_name: 'UnknownError', cause: 'authenticator_error' }
		}),
		passwordSignIn(shop, '2026-11-03 12:00')
	]);
	await database.rollUp('shop');
});
afterAll(() => database.close());

/** A query as Grafana sends it: the plugin's macro for days and the project's variable filled in. */
const filled = (sql: string) =>
	sql
		.replaceAll(
			'$__dateFilter(day)',
			`day >= toDate('${DAYS.from}') AND day <= toDate('${DAYS.to}')`
		)
		.replaceAll('${project:sqlstring}', `'shop'`);

async function ask(sql: string): Promise<Record<string, unknown>[]> {
	expect(filled(sql)).not.toContain('$');
	const result = await database.client.query({ query: filled(sql), format: 'JSONEachRow' });
	return result.json();
}

const panel = (title: string) => dashboard.panels.find((one) => one.title === title)!;
const rowsOf = (title: string) => ask(panel(title).targets[0].rawSql);

it.each(dashboard.panels)(
	'“$title” is answered by the tables, and says what it shows',
	async (one) => {
		const { rawSql, queryType } = one.targets[0];
		const rows = await ask(rawSql);
		expect(rows.length).toBeGreaterThan(0);
		if (queryType === 'timeseries') expect(rows[0]).toHaveProperty('time');
		expect(one.description.length).toBeGreaterThan(20);
	}
);

it('its panels have the figures of the pages', async () => {
	const filters = parseFilters(new URLSearchParams({ ...DAYS, period: 'custom' }), {
		projects: [{ id: 'shop', timeZone: 'UTC' }]
	});
	const { kpis } = await answerKpis({
		...{ client: database.client, filters, trend: true },
		ids: ['ceremony_success', 'error_rate', 'time_to_sign_in']
	});
	const success = new Map(
		(await rowsOf('Ceremony success')).map(({ time, success }) => [
			String(time).slice(0, 10),
			success
		])
	);
	expect([success.get('2026-11-02'), success.get('2026-11-03')]).toEqual(
		kpis.ceremony_success.trend.slice(1, 3)
	);
	const [platform] = await rowsOf('Error rate by platform');
	expect(kpis.error_rate).toMatchObject({
		answer: { numerator: Number(platform!['failed']), denominator: Number(platform!['started']) }
	});
	const times = await rowsOf('Time to sign in');
	expect(times.at(-1)!['median']).toBe(kpis.time_to_sign_in.trend[2]);
	expect(await rowsOf('Users')).toMatchObject([{ able: '1', created: '1' }, {}]);
});

it('has its projects by a question of its own, and no panel twice or upon another', async () => {
	const [source, project] = dashboard.templating.list;
	expect(source).toMatchObject({ name: 'datasource' });
	expect(await ask(project!.query)).toEqual([{ project_id: 'shop' }]);
	expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
	const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
		Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`)
	);
	expect(new Set(cells).size).toBe(cells.length);
});
