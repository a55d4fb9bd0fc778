import { afterAll, beforeAll, expect, it } from 'vitest';
import { BAD_STATUSES, describeStatus } from '../../format/fido-status.ts';
import { insertReports, type SampleReport } from '../testing/insert-reports.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { queryModelStatuses } from './model-statuses.ts';

let database: TemporaryDatabase;
beforeAll(async () => void (database = await openTemporaryDatabase()));
afterAll(() => database.close());

let models = 0;
/** `from: status since, certification since`, the oldest first; `…` after the day where nothing follows. */
async function periodsOf(reports: Omit<SampleReport, 'aaguid'>[]) {
	const aaguid = `model ${++models}`;
	await insertReports(
		database.client,
		reports.map((report) => ({ aaguid, ...report }))
	);
	const periods = await queryModelStatuses(database.client, { aaguid });
	return periods
		.toReversed()
		.map(
			({ from_day, status, status_since, certification, certification_since }) =>
				`${from_day}: ${status} ${status_since}, ${certification ? `${certification} ${certification_since}` : '–'}`
		);
}

const report = (status: string, effective_date?: string, more: Partial<SampleReport> = {}) => ({
	status,
	...(effective_date && { effective_date }),
	...more
});

const L1 = report('FIDO_CERTIFIED_L1', '2025-01-01');

it.each<[string, Omit<SampleReport, 'aaguid'>[], string[]]>([
	['nothing reported', [], []],
	['one report', [L1], ['2025-01-01: FIDO_CERTIFIED_L1 2025-01-01, FIDO_CERTIFIED_L1 2025-01-01']],
	[
		'a weakness after a certification, which stays told',
		[L1, report('USER_VERIFICATION_BYPASS', '2025-06-01')],
		[
			'2025-01-01: FIDO_CERTIFIED_L1 2025-01-01, FIDO_CERTIFIED_L1 2025-01-01',
			'2025-06-01: USER_VERIFICATION_BYPASS 2025-06-01, FIDO_CERTIFIED_L1 2025-01-01'
		]
	],
	[
		'the gravest of one day',
		[report('FIDO_CERTIFIED_L2', '2025-01-01'), report('REVOKED', '2025-01-01'), L1],
		['2025-01-01: REVOKED 2025-01-01, FIDO_CERTIFIED_L2 2025-01-01']
	],
	[
		'the same status anew: it holds since the first time',
		[L1, report('FIDO_CERTIFIED_L1', '2025-03-01')],
		[
			'2025-01-01: FIDO_CERTIFIED_L1 2025-01-01, FIDO_CERTIFIED_L1 2025-01-01',
			'2025-03-01: FIDO_CERTIFIED_L1 2025-01-01, FIDO_CERTIFIED_L1 2025-01-01'
		]
	],
	[
		'a certification taken back, and given anew on another level',
		[
			report('FIDO_CERTIFIED_L2', '2025-01-01'),
			report('NOT_FIDO_CERTIFIED', '2025-02-01'),
			report('FIDO_CERTIFIED_L1', '2025-03-01')
		],
		[
			'2025-01-01: FIDO_CERTIFIED_L2 2025-01-01, FIDO_CERTIFIED_L2 2025-01-01',
			'2025-02-01: NOT_FIDO_CERTIFIED 2025-02-01, –',
			'2025-03-01: FIDO_CERTIFIED_L1 2025-03-01, FIDO_CERTIFIED_L1 2025-03-01'
		]
	],
	[
		'what says nothing of safety or certification, and what nobody knows',
		[
			L1,
			report('UPDATE_AVAILABLE', '2025-02-01'),
			report('FIPS140_CERTIFIED_L3', '2025-03-01'),
			report('OF_TOMORROW', '2025-04-01')
		],
		['2025-01-01: FIDO_CERTIFIED_L1 2025-01-01, FIDO_CERTIFIED_L1 2025-01-01']
	],
	[
		'without a date: from the day it was first read until the blob had it no more',
		[L1, report('REVOKED', undefined, { seen: '2026-05-01', gone: '2026-05-10' })],
		[
			'2025-01-01: FIDO_CERTIFIED_L1 2025-01-01, FIDO_CERTIFIED_L1 2025-01-01',
			'2026-05-01: REVOKED 2026-05-01, FIDO_CERTIFIED_L1 2025-01-01',
			'2026-05-10: FIDO_CERTIFIED_L1 2025-01-01, FIDO_CERTIFIED_L1 2025-01-01'
		]
	]
])('a model with %s, in whatever order the blob has it', async (_, reports, expected) => {
	expect(await periodsOf(reports)).toEqual(expected);
	expect(await periodsOf(reports.toReversed())).toEqual(expected);
});

it('is known for no day after the blob has nothing of it any more', async () => {
	const aaguid = 'gone';
	await insertReports(database.client, [{ aaguid, ...L1, seen: '2026-05-01', gone: '2026-05-10' }]);
	const periods = await queryModelStatuses(database.client, { aaguid });
	expect(periods).toMatchObject([{ from_day: '2025-01-01', until_day: '2026-05-10' }]);
});

it.each(BAD_STATUSES)('%s has words and outweighs a certification of its day', async (status) => {
	expect(describeStatus(status)?.meaning).not.toBe('');
	expect(await periodsOf([report(status, '2025-01-01'), L1])).toEqual([
		`2025-01-01: ${status} 2025-01-01, FIDO_CERTIFIED_L1 2025-01-01`
	]);
});
