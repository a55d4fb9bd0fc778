import type { ClickHouseClient } from '@clickhouse/client';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyMigrations } from '../../../../migrations/apply.ts';
import { connectDatabase, createDatabase } from '../../../../migrations/connect.ts';
import { makeDataDir } from '../../../../migrations/testing/make-data-dir.ts';
import { parseFilters } from '../../filters.ts';
import { ceremonyParameters } from './ceremony-parameters.ts';
import { rollUp } from '../testing/open-temporary-database.ts';
import {
	ceremony,
	promptShown,
	rawEvent,
	uuidv7,
	type RawEvent
} from '../testing/sample-events.ts';
import { queryAdoptionBreakdown } from './adoption-breakdown.ts';
import { queryCeremonyDifferences } from './ceremony-differences.ts';
import { queryCeremonyList } from './ceremony-list.ts';
import { COUNTED_USER_LISTS } from './counted-users.ts';
import { toParameters } from './filter-sql.ts';
import { queryPromptParts } from './prompt-parts.ts';

const PROJECT = 'tags';
const FILTERS = parseFilters(
	new URLSearchParams(`project=${PROJECT}&period=custom&from=2026-11-09&to=2026-11-15`),
	{ projects: [{ id: PROJECT, timeZone: 'UTC' }] }
);
const TAG = 'plan';

/** The same numbers each time, so that a failure can be repeated. */
let state = 11;
const random = (below: number) => {
	state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
	return Math.floor((state / 2 ** 31) * below);
};
const shuffled = <T>(list: readonly T[]): T[] =>
	list
		.map((item) => [random(1_000_000), item] as const)
		.sort(([a], [b]) => a - b)
		.map(([, item]) => item);

/** Any value of the tag, none, an empty one, and names that begin as it does. */
const someTags = () => ({
	...(random(4) > 0 && { [TAG]: ['', 'free', 'free=', 'pro', 'pro=x', 'ä'][random(6)]! }),
	...(random(3) === 0 && { 'plan-b': 'zzz', pla: 'n=zzz' })
});

/** Visits of a dozen users in which no two events agree about the tag, as told by senders that repeat themselves and hold to no order. */
function history(): RawEvent[] {
	const events = Array.from({ length: 80 }, (_, visit): RawEvent[] => {
		const at = `2026-11-1${random(3)} 1${random(9)}:${10 + random(40)}`;
		const of = { project_id: PROJECT, user_hash: 1 + (visit % 12), session_id: uuidv7(at) };
		const scene = { at, type: 'authentication', verdict: { verified: true } } as const;
		const prompt = { prompt_id: uuidv7(at), prompt_purpose: 'enroll' };
		return [
			rawEvent(of, 'client.capabilities', at),
			promptShown(of, at, prompt),
			rawEvent(of, 'prompt.accepted', at, prompt),
			rawEvent(of, 'signin.finished', at, { signin_method: 'otp', client_outcome: 'succeeded' }),
			...ceremony(of, scene),
			...ceremony(of, scene)
		];
	}).flat();
	const tagged = events.map((event) => ({ ...event, tags: someTags() }));
	return shuffled([...tagged, ...tagged.filter(() => random(3) === 0)]);
}

/** What each view's rows are made of. */
const OWN_EVENTS = {
	ceremonies_v1: ['ceremony_id', `event_type LIKE 'ceremony.%'`],
	sessions_v1: ['session_id', `event_type != 'ceremony.verdict'`],
	prompts_v1: ['prompt_id', `event_type LIKE 'prompt.%'`],
	signins_v1: ['event_id', `event_type = 'signin.finished'`]
} as const;

/** The tag's greatest value of each of them, from the raw events. */
const fromEvents = Object.values(OWN_EVENTS).map(
	([id, which]) =>
		`SELECT toString(${id}) AS id, max(user_hash) AS user, max(toString(tags['${TAG}'])) AS value
		FROM events_raw_v1 WHERE project_id = '${PROJECT}' AND ${which} GROUP BY id`
);
const OF_CEREMONIES = fromEvents[0]!;

const dataDir = await makeDataDir('passlens-tags-');
const clients: ClickHouseClient[] = [];
afterAll(async () => {
	for (const client of clients) await client.close();
	rmSync(dataDir, { recursive: true, force: true });
});

/** The migration that made ceremonies, visits and sign-ins keep their tags. */
const KEPT = 244;

describe.each([
	{ told: 'since they are kept', database: 'tags_since', had: Infinity },
	{ told: 'before they were kept', database: 'tags_before', had: KEPT - 1 }
])('tags that came $told', ({ database, had }) => {
	let client: ClickHouseClient;
	beforeAll(async () => {
		await createDatabase({ dataDir, database });
		client = await connectDatabase({ dataDir, database });
		clients.push(client);
		await applyMigrations({ client, upTo: had });
		const events = history();
		for (let at = 0; at < events.length; at += 150)
			await client.insert({
				...{ table: 'events_raw_v1', format: 'JSONEachRow' },
				values: events.slice(at, at + 150)
			});
		await applyMigrations({ client });
		await client.insert({
			...{ table: 'rolled_up_tags_v1', format: 'JSONEachRow' },
			values: [{ project_id: PROJECT, tags: [TAG] }]
		});
		await rollUp(client, PROJECT);
	});

	const ask = async <Row>(query: string) =>
		(await client.query({ query, format: 'JSONEachRow' })).json<Row>();
	/** By value, in the order of values. */
	const counted = async (sql: string) =>
		(
			await ask<{ value: string; n: number }>(
				`SELECT value, toUInt32(${sql} GROUP BY value ORDER BY value`
			)
		).map(({ value, n }) => [value, n]);
	const parts = async () =>
		(await counted(`count()) AS n FROM (${fromEvents.join(' UNION ALL ')})`)).map(([value]) =>
			String(value)
		);
	const inPart = (part: string) => ({
		...toParameters(FILTERS),
		by: 'tag' as const,
		tag: TAG,
		part
	});

	it.each(Object.keys(OWN_EVENTS).map((view, at) => [view, fromEvents[at]!]))(
		'are in %s the greatest that its own events carried',
		async (view, events) => {
			const [id] = OWN_EVENTS[view as keyof typeof OWN_EVENTS];
			const rows = await ask(
				`SELECT toString(${id}) AS id, tags['${TAG}'] AS value FROM ${view} WHERE project_id = '${PROJECT}' ORDER BY id`
			);
			expect(rows.length).toBeGreaterThanOrEqual(80);
			expect(rows).toEqual(await ask(`SELECT id, value FROM (${events}) ORDER BY id`));
		}
	);

	it('have the users behind each of their values, as many as the figure counts', async () => {
		const users = await counted(`uniqExact(user)) AS n FROM (${fromEvents.join(' UNION ALL ')})`);
		expect(users.length).toBe(6);
		const listed = [];
		for (const part of await parts()) {
			const [first] = await COUNTED_USER_LISTS.seen(client, { ...inPart(part), limit: 100 });
			listed.push([part, first!.total]);
		}
		expect(listed).toEqual(users);
		const figure = await queryAdoptionBreakdown(client, {
			...toParameters(FILTERS),
			by: 'tag',
			tag: TAG
		});
		expect(figure.map(({ value, seen }) => [value, seen]).sort()).toEqual(users.sort());
	});

	it('have the ceremonies behind each of their values', async () => {
		const search = (part: string) => new URLSearchParams({ by: `tag:${TAG}`, part });
		for (const part of await parts()) {
			const rows = await queryCeremonyList(client, {
				...ceremonyParameters(FILTERS, search(part)),
				...{ before_at: '2026-12-01T00:00:00Z', before_id: '', limit: 1000 }
			});
			const made = await ask<{ id: string }>(
				`SELECT id FROM (${OF_CEREMONIES}) WHERE value = '${part}' ORDER BY id`
			);
			expect(rows.map(({ ceremony_id }) => ceremony_id).sort()).toEqual(made.map(({ id }) => id));
		}
	});

	it('tell ceremonies apart by value, and prompts', async () => {
		const rows = await queryCeremonyDifferences(
			client,
			ceremonyParameters(FILTERS, new URLSearchParams())
		);
		const told = rows.filter(({ dimension, whole }) => dimension === `tag ${TAG}` && !whole);
		const ofCeremonies = await counted(`count()) AS n FROM (${OF_CEREMONIES}) WHERE value != ''`);
		expect(told.map(({ value, selected }) => [value, selected])).toEqual(ofCeremonies);
		const prompts = await queryPromptParts(client, { ...toParameters(FILTERS), by: `tag:${TAG}` });
		expect(prompts.map(({ part, shown }) => [part, shown]).sort()).toEqual(
			await counted(`count()) AS n FROM (${fromEvents[2]})`)
		);
	});
});
