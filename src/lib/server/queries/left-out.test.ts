import { afterAll, beforeAll, expect, it } from 'vitest';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { uuidv7 } from '../testing/sample-events.ts';
import { leftOut } from './left-out.ts';

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
});
afterAll(() => database.close());

const daysAgo = (days: number) =>
	new Date(Date.now() - days * 86_400_000).toISOString().replace('T', ' ').replace('Z', '');

const event = (fields: object, days = 1) => ({
	...{ project_id: 'shop', event_type: 'signin.finished', event_id: uuidv7('2026-01-01 10:00') },
	...{ occurred_at: daysAgo(days), received_at: daysAgo(days) },
	...{ application: 'web', sdk_name: '@passlens/sdk', sdk_version: '0.1.0' },
	...fields
});

it('adds up what senders left out, by sender; an event that came twice counts once, an old one not at all', async () => {
	const twice = event({ dropped_events: 7, browser_name: 'Firefox' });
	await database.insert([
		event({ sampled_out_events: 3, sdk_errors: 1, browser_name: 'Chrome' }),
		twice,
		event({ browser_name: 'Safari' }),
		event({ dropped_events: 9 }, 8),
		event({ dropped_events: 2, sdk_name: '@passlens/sdk/server', application: 'api' }, 2)
	]);
	await database.insert([{ ...twice, received_at: daysAgo(0.5) }]);
	const rows = await leftOut(database.client, {});
	expect(rows).toMatchObject([
		{
			...{ project_id: 'shop', application: 'web', sdk_name: '@passlens/sdk' },
			...{ dropped: 7, sampled_out: 3, sdk_errors: 1, browsers: ['Chrome', 'Firefox'] }
		},
		{ application: 'api', dropped: 2, sampled_out: 0, sdk_errors: 0, browsers: [] }
	]);
	expect(rows).toHaveLength(2);
});
