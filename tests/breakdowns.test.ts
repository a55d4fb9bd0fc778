import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Behind } from '../src/lib/breakdown/behind.ts';
import { BEHIND, behindCounts } from '../src/lib/breakdown/behind.ts';
import { BY_SIGN_INS } from '../src/lib/breakdown/counted-users.ts';
import { mayRepeat, type Dimension } from '../src/lib/breakdown/dimensions.ts';
import { narrowingOf } from '../src/lib/breakdown/narrowing-of.ts';
import { EXPERIMENT } from '../simulator/visit.ts';
import { parseFilters, shiftDay, type Filters } from '../src/lib/filters.ts';
import { answerKpis, type KpiResult } from '../src/lib/server/kpis/answer-kpis.ts';
import {
	breakDown,
	dimensionsOf,
	type BrokenDown,
	type PartAnswer
} from '../src/lib/server/kpis/break-down.ts';
import { kpi } from '../src/lib/server/kpis/registry.ts';
import type { Breakdown } from '../src/lib/changes/explain-change.ts';
import { queryCeremonyOutcomes } from '../src/lib/server/queries/ceremony-facets.ts';
import { ceremonyParameters } from '../src/lib/server/queries/ceremony-parameters.ts';
import { credentialParameters } from '../src/lib/server/queries/credential-parameters.ts';
import { queryCredentialSummary } from '../src/lib/server/queries/credential-summary.ts';
import { readHolderSegments } from '../src/lib/server/queries/holder-segments.ts';
import { readSyncSegments } from '../src/lib/server/queries/sync-segments.ts';
import { readTimeSegments } from '../src/lib/server/queries/time-segments.ts';
import { parseUserGroup, readUserGroup } from '../src/lib/server/queries/user-groups.ts';
import {
	lastSunday,
	loadSimulatedProjects,
	type SimulatedProjects
} from './support/simulated-project.ts';

const end = lastSunday();
const scenario = { seed: 'breakdowns', users: 160, days: 60, end, trouble: 8 };
const FIGURES = Object.keys(BEHIND) as BrokenDown[];

let loaded: SimulatedProjects;
let filters: Filters;
beforeAll(async () => {
	loaded = await loadSimulatedProjects(scenario, { tags: [EXPERIMENT] });
	const period = new URLSearchParams({
		...{ project: loaded.ordered, period: 'custom' },
		...{ from: shiftDay(end, -27), to: end }
	});
	filters = parseFilters(period, { projects: [{ id: loaded.ordered, timeZone: 'UTC' }] });
});
afterAll(() => loaded?.close());

/** What was asked, by its question. Nothing changes in these tests, so the same question is asked of the database once. */
const asked = new Map<string, Promise<unknown>>();
function once<Value>(question: unknown[], ask: () => Promise<Value>): Promise<Value> {
	const key = JSON.stringify(question);
	const answer = asked.get(key) ?? ask();
	asked.set(key, answer);
	answer.catch(() => asked.delete(key));
	return answer as Promise<Value>;
}

const partsOf = (id: BrokenDown, by: Dimension) =>
	once([id, by], () => breakDown({ client: loaded.client, id, filters, by }));

/** The page's own figure, asked with all the others as pages do. */
async function wholeOf(id: BrokenDown, of = filters) {
	const { kpis } = await once([of], () =>
		answerKpis({ client: loaded.client, ids: FIGURES, filters: of, trend: false })
	);
	return kpis[id];
}

/** What a figure says, of the whole or of a part: its fraction, or how many times and their quantiles. */
function numbersOf(one: PartAnswer | KpiResult) {
	if ('duration' in one) {
		const { count, p50, p75, p95 } = one.duration;
		const before = one.previousDuration;
		return { cases: count, said: [count, p50, p75, p95], before: [before?.count, before?.p50] };
	}
	const { numerator, denominator } = one.answer;
	const { previous } = one;
	return {
		cases: denominator!,
		numerator: numerator!,
		said: [numerator, denominator],
		before: [previous?.denominator, previous?.numerator]
	};
}

type Numbers = ReturnType<typeof numbersOf>;
const sum = (parts: readonly Numbers[], of: (part: Numbers) => number | null | undefined) =>
	parts.reduce((total, part) => total + (of(part) ?? 0), 0);

/** As many as a list holds, those that name nobody too. */
const listed = (behind: Behind, by: Dimension, part: string) =>
	once([behind, by, part], () => countListed(behind, by, part));

async function countListed({ path, parameters }: Behind, by: Dimension, part: string) {
	const search = new URLSearchParams({ ...parameters, by, part });
	const asked = { client: loaded.client, filters };
	if (path === '/users') {
		const { total, all_attempts, unnamed } = await readUserGroup({
			...asked,
			group: parseUserGroup(search)!
		});
		return BY_SIGN_INS.includes(parameters['which']!) ? all_attempts + unnamed : total;
	}
	if (path === '/credentials') {
		const kinds = await queryCredentialSummary(
			loaded.client,
			credentialParameters(filters, search)
		);
		return kinds.reduce((total, { credentials }) => total + credentials, 0);
	}
	const outcomes = await queryCeremonyOutcomes(loaded.client, ceremonyParameters(filters, search));
	return outcomes.reduce((total, { ceremonies }) => total + ceremonies, 0);
}

describe.each(FIGURES)('%s', (id) => {
	const dimensions = dimensionsOf(id, [EXPERIMENT]);
	const some = (...wanted: Dimension[]) => wanted.filter((by) => dimensions.includes(by));

	it.each(dimensions)('by %s adds up to the page’s own figure', async (by) => {
		const parts = (await partsOf(id, by)).map(numbersOf);
		const whole = numbersOf(await wholeOf(id));
		expect(parts.length).toBeGreaterThan(0);
		if (!mayRepeat(kpi(id).grain, by)) {
			expect(sum(parts, ({ cases }) => cases)).toBe(whole.cases);
			expect(sum(parts, ({ numerator }) => numerator)).toBe(whole.numerator ?? 0);
			expect(sum(parts, ({ before }) => before[0])).toBe(whole.before[0]);
			return;
		}
		// Who has two devices, or what is used on two, is in two rows.
		expect(sum(parts, ({ cases }) => cases)).toBeGreaterThanOrEqual(whole.cases);
		for (const { numerator } of parts) expect(numerator).toBeLessThanOrEqual(whole.numerator!);
	});

	it.each(
		some(
			'platform',
			'browser',
			'environment',
			'ecosystem',
			'release',
			'provider',
			`tag:${EXPERIMENT}`
		)
	)('of each %s is what the page says when it is narrowed to it', async (by) => {
		for (const part of await partsOf(id, by)) {
			const narrowing = narrowingOf(by, part.value);
			if (!narrowing) continue;
			const narrowed = numbersOf(await wholeOf(id, { ...filters, ...narrowing }));
			const { said, before } = numbersOf(part);
			expect(said, part.value).toEqual(narrowed.said);
			expect(before[1], part.value).toBe(narrowed.before[1]);
		}
	});

	it.each(
		some(
			...(['platform', 'environment', 'browser', `tag:${EXPERIMENT}`] as const),
			...(['provider', 'created_platform', 'created_release'] as const)
		)
	)('by %s has lists behind it that are as long as its counts', async (by) => {
		const behind = behindCounts(id);
		for (const part of await partsOf(id, by)) {
			const { numerator, cases } = numbersOf(part);
			expect(await listed(behind.denominator, by, part.value), part.value).toBe(cases);
			if (behind.numerator)
				expect(await listed(behind.numerator, by, part.value), part.value).toBe(numerator);
		}
	});
});

describe('the segments that a change is explained by', () => {
	/** As a breakdown of the page tells each part. */
	const partsBy = async (id: BrokenDown, by: Dimension) =>
		Object.fromEntries(
			(await partsOf(id, by)).map((part) => [
				part.value,
				'duration' in part
					? [
							[part.duration.count, part.duration.p50],
							[part.previousDuration!.count, part.previousDuration!.p50]
						]
					: [part.previous, part.answer].map((side) => [
							side?.numerator ?? 0,
							side?.denominator ?? 0
						])
			])
		);

	it.each<[BrokenDown, () => Promise<Breakdown>, Dimension[]]>([
		[
			'activation_rate',
			() => readHolderSegments(loaded.client, filters),
			['browser', 'platform', 'ecosystem', 'application', 'release', 'country']
		],
		[
			'sync_coverage',
			() => readSyncSegments(loaded.client, filters),
			['provider', 'browser', 'created_platform', 'application', 'created_release', 'country']
		]
	])('of %s are the parts of its breakdown', async (id, read, dimensions) => {
		const breakdown = await read();
		expect(Object.keys(breakdown).toSorted()).toEqual(dimensions.toSorted());
		for (const by of dimensions) {
			const segments = breakdown[by as keyof Breakdown]!;
			expect(
				Object.fromEntries(
					segments.map(({ key, before, after }) => [
						key,
						[before, after].map(({ numerator, denominator }) => [numerator, denominator])
					])
				),
				by
			).toEqual(await partsBy(id, by));
		}
	});

	it('of the time to sign in are its parts, each with what took longer than all did before', async () => {
		const whole = await wholeOf('time_to_sign_in');
		const median = 'duration' in whole ? whole.previousDuration!.p50! : NaN;
		const breakdown = await readTimeSegments(loaded.client, filters, median);
		for (const by of [
			'browser',
			'platform',
			'ecosystem',
			'application',
			'release',
			'country'
		] as const) {
			const segments = breakdown[by]!;
			expect(
				Object.fromEntries(
					segments.map(({ key, before, after, medians }) => [
						key,
						[
							[after.denominator, medians.after],
							[before.denominator, medians.before]
						]
					])
				),
				by
			).toEqual(await partsBy('time_to_sign_in', by));
			const counted = segments.map(({ before }) => before);
			const longer = counted.reduce((sum, { numerator }) => sum + numerator, 0);
			const timed = counted.reduce((sum, { denominator }) => sum + denominator, 0);
			expect(longer / timed, by).toBeCloseTo(0.5, 1);
		}
	});
});
