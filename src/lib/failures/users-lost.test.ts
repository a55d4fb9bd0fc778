import { expect, it } from 'vitest';
import { usersLost, type Cell } from './users-lost.ts';

const cell = (group_id: string, browser_name: string, people: number, succeeded: number): Cell => ({
	...{ group_id, ceremony_type: 'authentication', os_name: 'Windows' },
	...{ browser_name, people, succeeded }
});

it('measures against everybody of the compared period on the same clients', () => {
	const now = [
		cell('', 'Chrome', 200, 100),
		cell('', 'Firefox', 100, 20),
		cell('a', 'Chrome', 10, 0),
		cell('a', 'Firefox', 50, 5)
	];
	const before = [cell('', 'Chrome', 100, 90), cell('', 'Firefox', 100, 50)];
	// 10 × (0.9 − 0) + 50 × (0.5 − 0.1)
	expect(usersLost(now, before).get('a')).toMatchObject({
		...{ baseline: 'compared_period', people: 60, succeeded: 5, compared: 60, uncompared: 0 },
		estimate: expect.closeTo(29, 9)
	});
});

it('measures against the others of this period where nothing is compared, the failed left out of them', () => {
	const now = [cell('', 'Chrome', 100, 72), cell('a', 'Chrome', 20, 0)];
	// The other 80 succeeded in 9 of 10 cases.
	expect(usersLost(now, []).get('a')).toMatchObject({
		baseline: 'rest',
		estimate: expect.closeTo(18, 9)
	});
});

it('says how many it could not compare, and nothing where there is nobody to compare with', () => {
	const now = [
		cell('', 'Chrome', 10, 5),
		cell('', 'Edge', 4, 0),
		cell('a', 'Chrome', 5, 0),
		cell('a', 'Edge', 4, 0)
	];
	expect(usersLost(now, []).get('a')).toMatchObject({ compared: 5, uncompared: 4 });
	const everybodyFailed = [cell('', 'Edge', 4, 0), cell('b', 'Edge', 4, 0)];
	expect(usersLost(everybodyFailed, []).size).toBe(0);
});
