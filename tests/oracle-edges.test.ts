import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fact } from '../simulator/facts.ts';
import { dayOf, type Period } from '../simulator/truth.ts';
import { shiftDay, type LeftOut } from '../src/lib/filters.ts';
import { shareValue } from '../src/lib/format/kpi.ts';
import { NO_DATA } from '../src/lib/format/number.ts';
import { answerKpis } from '../src/lib/server/kpis/answer-kpis.ts';
import { KPI_IDS } from '../src/lib/server/kpis/registry.ts';
import { expectCredentials } from './support/expect-credentials.ts';
import {
	expectActivity,
	expectFigures,
	expectOutcomes,
	expectPrompts
} from './support/expect-figures.ts';
import {
	expectCrossDevice,
	expectEnrolment,
	expectGaps,
	expectSignins,
	expectUpgrades
} from './support/expect-funnels.ts';
import { filtersOf, type Asked } from './support/truth-asked.ts';
import {
	disorder,
	lastSunday,
	loadProjects,
	type LoadedProjects
} from './support/simulated-project.ts';
import {
	asReal,
	asStream,
	makeWorld,
	together,
	withoutTests,
	withVirtualAuthenticators
} from './support/worlds.ts';

// What a rollout hardly ever is, all in one database: nobody, one person, a site that is closed for days, and people who
// all come when the day ends, on many devices, with everything going wrong.
const end = shiftDay(lastSunday(), -7);
const DAYS = 62;
const first = shiftDay(end, 1 - DAYS);
const CLOSED = [20, 21, 22, 23];

const midnight = makeWorld({
	...{ seed: 'midnight', users: 36, days: DAYS, end, trouble: 8 },
	extremes: { atMidnight: true, manyDevices: true, closed: CLOSED }
});
const alone = makeWorld({ seed: 'alone', users: 1, days: DAYS, end, trouble: 8 });
const nobody = makeWorld({ seed: 'nobody', users: 0, days: DAYS, end });

// A project in which real people, simulated ones and virtual authenticators mingle.
const [synthetic, real, virtual] = ['synthetic', 'real', 'virtual'].map((seed) =>
	makeWorld({ seed, users: 14, days: 40, end, trouble: 4 })
);

let loaded: LoadedProjects;
beforeAll(async () => {
	loaded = await loadProjects({
		midnight: disorder(asStream(midnight)),
		alone: asStream(alone),
		nobody: asStream(nobody),
		mixed: asStream(synthetic!, asReal(real!), asReal(withVirtualAuthenticators(virtual!)))
	});
});
afterAll(() => loaded?.close());

/** The last day of the last month that ended within the rollout. */
const monthsEnd = shiftDay(`${end.slice(0, 7)}-01`, -1);
const closedDay = shiftDay(first, CLOSED[1]!);

const WORLDS: [string, string, Fact[], Period][] = [
	['at midnight, all of it', 'midnight', midnight.facts, { from: first, to: end }],
	['at midnight, to a month’s end', 'midnight', midnight.facts, { from: first, to: monthsEnd }],
	[
		'at midnight, from a month’s first day',
		...(['midnight', midnight.facts] as const),
		{ from: shiftDay(monthsEnd, 1), to: end }
	],
	['at midnight, one day', 'midnight', midnight.facts, { from: monthsEnd, to: monthsEnd }],
	['a day on which nobody came', 'midnight', midnight.facts, { from: closedDay, to: closedDay }],
	['of one person', 'alone', alone.facts, { from: first, to: end }],
	['of nobody', 'nobody', nobody.facts, { from: first, to: end }]
];

it('spans midnight, and leaves days empty', () => {
	expect(loaded.accepted).toBe(loaded.sent);
	const over = midnight.facts.filter(
		(fact) => fact.kind === 'ceremony' && dayOf(fact.at) !== dayOf(fact.endedAt)
	);
	expect(over.length).toBeGreaterThan(10);
	expect(midnight.facts.some(({ at }) => dayOf(at) === closedDay)).toBe(false);
	expect(
		midnight.facts.some((fact) => fact.kind === 'ceremony' && fact.credential && !fact.user)
	).toBe(true);
});

describe.each(WORLDS)('Figures %s', (_, project, facts, period) => {
	const asked = (): Asked => ({ client: loaded.client, project, facts, period });

	it('are the true fractions', () => expectFigures(asked()));

	it('show ceremonies, sign-ins, prompts and credentials as they were', async () => {
		await expectOutcomes(asked());
		await expectActivity(asked());
		await expectPrompts(asked());
		await expectCredentials(asked());
	});

	it('follow everybody through every funnel', async () => {
		await expectEnrolment(asked(), 0);
		await expectGaps(asked());
		await expectSignins(asked(), 5);
		await expectCrossDevice(asked(), 7);
		await expectUpgrades(asked(), 0);
	});
});

it('a project that sent nothing has no figure, rather than 0', async () => {
	const asked: Asked = {
		...{ client: loaded.client, project: 'nobody', facts: [] },
		period: { from: first, to: end }
	};
	const { kpis } = await answerKpis({
		client: loaded.client,
		ids: KPI_IDS,
		filters: filtersOf(asked)
	});
	for (const result of Object.values(kpis)) {
		if ('answer' in result) expect(shareValue(result.answer)).toBe(NO_DATA);
		else expect(result.duration.p50).toBeNull();
		expect(result.trend.every((value) => value === null)).toBe(true);
	}
});

describe('What is left out as made up', () => {
	const period = { from: shiftDay(end, -39), to: end };
	const asked = (facts: Fact[]): Asked => ({
		...{ client: loaded.client, project: 'mixed', facts, period }
	});
	/** Which passkey a virtual one stands in for is nothing the model says. */
	const ofWhomItIs = ['reach', 'upgrade_rate'];

	it.each<[LeftOut, Fact[], string[]]>([
		['synthetic', together(real!.facts, virtual!.facts), ofWhomItIs],
		['tests', together(synthetic!.facts, real!.facts, withoutTests(virtual!.facts)), []],
		['both', together(real!.facts, withoutTests(virtual!.facts)), []]
	])('%s: every figure is the true fraction of the rest', async (without, facts, except) => {
		const ids = KPI_IDS.filter((id) => !except.includes(id));
		const { kpis } = await expectFigures(asked(facts), { without, ids });
		const whole = await answerKpis({
			client: loaded.client,
			ids,
			filters: filtersOf(asked(facts)),
			trend: false
		});
		for (const id of ids) {
			const [rest, all] = [kpis[id]!, whole.kpis[id]!].map((result) =>
				Map.groupBy(
					('answer' in result ? result.answer : result.duration).excluded ?? [],
					({ kind }) => kind
				)
			);
			for (const [kind, gone] of [
				['synthetic', without !== 'tests'],
				['test_authenticators', without !== 'synthetic']
			] as const) {
				const told = all!.get(kind)?.map(({ count }) => count);
				if (!gone) continue;
				// What was counted is told as left out, to the same number.
				expect(rest!.get(kind)?.map(({ count }) => count)).toEqual(told);
				expect(rest!.get(kind)?.some(({ counted }) => counted) ?? false).toBe(false);
			}
		}
	});
});
