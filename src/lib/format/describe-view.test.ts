import { expect, it } from 'vitest';
import { parseFilters, queryToNarrowing } from '../filters.ts';
import { describeNarrowing, describeView } from './describe-view.ts';

const view = (search: string, synthetic = false) =>
	describeView({
		filters: parseFilters(
			new URLSearchParams(`period=custom&from=2026-11-02&to=2026-11-08${search}`),
			{
				projects: [{ id: 'shop', timeZone: 'UTC' }]
			}
		),
		project: 'Shop',
		synthetic
	});

it.each([
	[
		'',
		false,
		[
			'Shop',
			'2\u00a0Nov\u00a0– 8\u00a0Nov\u00a02026 (UTC), compared with 26\u00a0Oct\u00a0– 1\u00a0Nov\u00a02026'
		]
	],
	[
		'&compare=none&ecosystem=security_key&country=NL',
		false,
		[
			'Shop',
			'2\u00a0Nov\u00a0– 8\u00a0Nov\u00a02026 (UTC)',
			'Ecosystem: Security keys',
			'Country: Netherlands'
		]
	],
	[
		'&compare=none',
		true,
		['Shop', '2\u00a0Nov\u00a0– 8\u00a0Nov\u00a02026 (UTC)', 'With synthetic data']
	],
	[
		'&compare=none&without=synthetic',
		true,
		['Shop', '2\u00a0Nov\u00a0– 8\u00a0Nov\u00a02026 (UTC)', 'Counting: All but synthetic']
	]
])('says what %s shows', (search, synthetic, expected) => {
	expect(view(search, synthetic)).toEqual(expected);
});

it('says what a segment hides, in a reader’s words', () => {
	const query = 'ecosystem=apple&platform=iOS&release=2.4.0&country=DE&without=both';
	expect(describeNarrowing(queryToNarrowing(query))).toEqual([
		...['Ecosystem: Apple', 'Platform: iOS', 'Release: 2.4.0', 'Country: Germany'],
		'Counting: All but both'
	]);
	expect(describeNarrowing(queryToNarrowing(''))).toEqual([]);
});
