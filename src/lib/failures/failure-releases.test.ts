import { expect, it } from 'vitest';
import { failureReleases } from './failure-releases.ts';

const seen = (group_id: string, release: string, ceremonies: number) => ({
	...{ group_id, release, ceremonies },
	first_at: '2026-10-03T00:00:00.000Z',
	last_at: '2026-10-04T00:00:00.000Z'
});

it('tells the share of every release from the one it began in, the ones between without it too', () => {
	const releases = new Map([
		['1.0', '2026-10-01T00:00:00.000Z'],
		['1.1', '2026-10-02T00:00:00.000Z'],
		['1.2', '2026-10-05T00:00:00.000Z'],
		['1.3', '2026-10-07T00:00:00.000Z']
	]);
	const history = [
		seen('', '1.0', 90),
		seen('a', '1.1', 5),
		seen('', '1.1', 95),
		seen('b', '1.2', 7),
		seen('a', '1.3', 1),
		seen('', '1.3', 3)
	];
	expect(failureReleases('a', history, releases)).toMatchObject([
		{ release: '1.3', ceremonies: 1, of: 4 },
		{ release: '1.2', ceremonies: 0, of: 7, first_at: undefined },
		{ release: '1.1', ceremonies: 5, of: 100 }
	]);
	expect(failureReleases('c', history, releases)).toEqual([]);
});
