import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseFilters } from '../../filters.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { ceremony } from '../testing/sample-events.ts';
import { queryCeremonyOutcomes } from './ceremony-facets.ts';
import { queryCeremonyList } from './ceremony-list.ts';
import { ceremonyParameters } from './ceremony-parameters.ts';

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
	const on = (os_name: string, release: string, more: object = {}) => ({
		...{ project_id: 'search', os_name, release, browser_name: 'Chrome', ...more }
	});
	const timedOut = {
		error_name: 'NotAllowedError',
		cause: 'timed_out',
		cause_confidence: 'likely'
	};
	await database.insert([
		...ceremony(on('Android', '2.4.0', { user_hash: 0xabc }), {
			...{ at: '2026-11-02 10:00', type: 'authentication', end: timedOut, elapsedMs: 60_000 }
		}),
		...ceremony(on('Android', '2.10.1'), {
			...{ at: '2026-11-03 10:00', type: 'authentication', end: timedOut, elapsedMs: 900 }
		}),
		...ceremony(
			on('iOS', '2.3.9', { browser_name: 'Safari', tags: { plan: 'Pro', team: 'a=b' } }),
			{
				...{ at: '2026-11-04 10:00', type: 'registration', verdict: { verified: true } },
				end: { credential_hash: 0xc1, provider: 'Apple Passwords' }
			}
		),
		...ceremony(on('iOS', '2.3.9', { browser_name: 'Safari', tags: { plan: 'free' } }), {
			...{ at: '2026-11-07 10:00', type: 'authentication', verdict: { verified: true } },
			end: { credential_hash: 0xc1 }
		}),
		...ceremony(on('iOS', '2.3.9', { browser_name: 'Safari' }), {
			...{ at: '2026-11-08 10:00', type: 'authentication', verdict: { verified: true } },
			end: { credential_hash: 0xc2 }
		}),
		...ceremony(on('Windows', ''), { at: '2026-11-05 10:00', type: 'authentication', ends: false }),
		...ceremony(on('Android', '2.4.0'), {
			...{ at: '2026-11-06 10:00', type: 'authentication', ends: false },
			request: { mediation: 'conditional' }
		})
	]);
});
afterAll(() => database.close());

const find = async (q: string) => {
	const filters = parseFilters(
		new URLSearchParams({ period: 'custom', from: '2026-11-01', to: '2026-11-30' }),
		{ projects: [{ id: 'search', timeZone: 'UTC' }] }
	);
	const parameters = ceremonyParameters(filters, new URLSearchParams({ q }));
	const rows = await queryCeremonyList(database.client, {
		...parameters,
		...{ before_at: '2100-01-01T00:00:00.000Z', before_id: '', limit: 50 }
	});
	const outcomes = await queryCeremonyOutcomes(database.client, parameters);
	return {
		days: rows.map(({ occurred_at }) => Number(occurred_at.slice(8, 10))).toSorted(),
		counted: outcomes.reduce((sum, { ceremonies }) => sum + ceremonies, 0)
	};
};

it.each([
	['cause:timed_out', [2, 3]],
	['cause:timed_out os:android release:>=2.4', [2, 3]],
	['release:>2.4', [2, 3]],
	['release:>2.4.0', [3]],
	['release:<2.4', [4, 7, 8]],
	['release:<=2.4.0', [2, 4, 7, 8]],
	['os:ios,windows', [4, 5, 7, 8]],
	['-os:android', [4, 5, 7, 8]],
	['-os:android -browser:chrome', [4, 7, 8]],
	['provider:"apple passwords"', [4, 7]],
	['provider:unknown', [8]],
	['provider:"Apple Passwords",unknown', [4, 7, 8]],
	['os:ios -provider:"Apple Passwords"', [8]],
	['os:android -provider:unknown', [2, 3]],
	['tag:plan=pro', [4]],
	['tag:plan=PRO,plan=free', [4, 7]],
	['tag:plan', [4, 7]],
	['tag:team=a=b', [4]],
	['tag:team=a', []],
	['os:ios -tag:plan=free', [4, 8]],
	['elapsed:>=60000', [2]],
	['elapsed:<1000', [3]],
	['user:0000000000000abc', [2]],
	['user:00000000 os:android', [2]],
	['outcome:untouched', [6]],
	['outcome:failed type:authentication', [2, 3]],
	['type:registration', [4]],
	['synthetic:yes', []],
	[`os:"' OR 1=1 --"`, []],
	['casue:timed_out', []]
])('%s finds %j, and counts as many', async (q, days) => {
	const found = await find(q);
	expect(found.days).toEqual(days);
	// The counts by outcome are of any outcome, as the tabs show them: untouched ones beside those of the list.
	expect(found.counted).toBeGreaterThanOrEqual(days.length);
});
