import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Behind } from '../src/lib/breakdown/behind.ts';
import { BEHIND } from '../src/lib/breakdown/behind.ts';
import { BY_SIGN_INS } from '../src/lib/breakdown/counted-users.ts';
import { mayRepeat, type Dimension } from '../src/lib/breakdown/dimensions.ts';
import { narrowingOf } from '../src/lib/breakdown/narrowing-of.ts';
import { parseFilters, shiftDay, type Filters } from '../src/lib/filters.ts';
import { answerKpis, shareOf } from '../src/lib/server/kpis/answer-kpis.ts';
import {
	breakDown,
	dimensionsOf,
	type BrokenDown,
	type PartAnswer
} from '../src/lib/server/kpis/break-down.ts';
import { kpi } from '../src/lib/server/kpis/registry.ts';
import { queryCeremonyOutcomes } from '../src/lib/server/queries/ceremony-facets.ts';
import { ceremonyParameters } from '../src/lib/server/queries/ceremony-parameters.ts';
import { credentialParameters } from '../src/lib/server/queries/credential-parameters.ts';
import { queryCredentialSummary } from '../src/lib/server/queries/credential-summary.ts';
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
	loaded = await loadSimulatedProjects(scenario);
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
	const result = kpis[id];
	return { ...shareOf(result), previous: 'previous' in result ? result.previous : undefined };
}

const sum = (parts: readonly PartAnswer[], of: (part: PartAnswer) => number | null | undefined) =>
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
	const dimensions = dimensionsOf(id, []);
	const some = (...wanted: Dimension[]) => wanted.filter((by) => dimensions.includes(by));

	it.each(dimensions)('by %s adds up to the page’s own figure', async (by) => {
		const [parts, whole] = await Promise.all([partsOf(id, by), wholeOf(id)]);
		expect(parts.length).toBeGreaterThan(0);
		const numerators = sum(parts, ({ answer }) => answer.numerator);
		const denominators = sum(parts, ({ answer }) => answer.denominator);
		if (!mayRepeat(kpi(id).grain, by)) {
			expect([numerators, denominators]).toEqual([whole.numerator, whole.denominator]);
			expect(sum(parts, ({ previous }) => previous?.denominator)).toBe(whole.previous?.denominator);
			return;
		}
		// Who has two devices, or what is used on two, is in two rows.
		expect(denominators).toBeGreaterThanOrEqual(whole.denominator!);
		for (const { answer } of parts) expect(answer.numerator).toBeLessThanOrEqual(whole.numerator!);
	});

	it.each(some('platform', 'browser', 'ecosystem', 'release'))(
		'of each %s is what the page says when it is narrowed to it',
		async (by) => {
			for (const { value, answer, previous } of await partsOf(id, by)) {
				const narrowing = narrowingOf(by, value);
				if (!narrowing) continue;
				const narrowed = await wholeOf(id, { ...filters, ...narrowing });
				expect([answer.numerator, answer.denominator], value).toEqual([
					narrowed.numerator,
					narrowed.denominator
				]);
				expect(previous?.numerator, value).toBe(narrowed.previous?.numerator);
			}
		}
	);

	it.each(
		some('platform', 'environment', 'browser', 'provider', 'created_platform', 'created_release')
	)('by %s has lists behind it that are as long as its counts', async (by) => {
		for (const { value, answer } of await partsOf(id, by)) {
			expect(await listed(BEHIND[id].numerator, by, value), value).toBe(answer.numerator);
			expect(await listed(BEHIND[id].denominator, by, value), value).toBe(answer.denominator);
		}
	});
});
