import { expect, it } from 'vitest';
import { readFilters } from './strict-filters.ts';

const read = (search: string) =>
	readFilters(new URLSearchParams(search), {
		projects: ['shop', 'demo'].map((id) => ({ id, timeZone: 'UTC' })),
		own: ['format'],
		now: new Date('2026-11-22T12:00:00Z')
	});

it('reads what a page reads', () => {
	expect(read('project=demo&period=7d&country=DE&without=tests&format=csv')).toMatchObject({
		filters: {
			...{ project: 'demo', from: '2026-11-16', to: '2026-11-22' },
			...{ country: 'DE', without: 'tests' }
		}
	});
});

it.each([
	['project=nobody', 'unknown_project', 'project'],
	['ecosytem=apple', 'unknown_parameter', 'ecosytem'],
	['ecosystem=pear', 'invalid_parameter', 'ecosystem'],
	['period=99y', 'invalid_parameter', 'period'],
	['from=2026-11-01&to=2026-11-02', 'invalid_parameter', 'period'],
	['period=custom&from=yesterday&to=2026-11-02', 'invalid_parameter', 'from'],
	['country=Germany', 'invalid_parameter', 'country'],
	['compare=never', 'invalid_parameter', 'compare'],
	['without=everything', 'invalid_parameter', 'without']
])('refuses %s and names the field', (search, code, field) => {
	expect(read(search)).toMatchObject({ refusal: { code, field } });
});
