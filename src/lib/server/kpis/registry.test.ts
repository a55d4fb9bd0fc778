import { describe, expect, it } from 'vitest';
import type { DurationAnswer, KpiAnswer } from '../../format/kpi.ts';
import { findKpi, kpi, KPI_GROUPS, KPI_IDS } from './registry.ts';
import { queriesOf, SOURCES, type Rows } from './sources.ts';

const all = KPI_GROUPS.flatMap(({ kpis }) => kpis);
const collected = { users: true, offers: true, signins: true, capabilities: true };

const answerOf = (id: string, rows: Partial<Rows>, known = collected) =>
	findKpi(id).answer(rows, known) as KpiAnswer;

describe('the registry', () => {
	it('defines every figure of the field, each once', () => {
		expect(new Set(KPI_IDS).size).toBe(KPI_IDS.length);
		expect(KPI_IDS).toEqual(
			expect.arrayContaining([
				'eligible_users',
				'enrollment_rate',
				'activation_rate',
				'append_rate',
				'usage_rate_all',
				'usage_rate_enrolled',
				'ceremony_success',
				'drop_off',
				'abandonment',
				'error_rate',
				'cancel_rate',
				'rejection_rate',
				'fallback_rate',
				'cda_completion',
				'sync_coverage',
				'synced_share',
				'reach',
				'upgrade_rate',
				'lockout_risk',
				'password_removal_ready',
				'telemetry_loss',
				'time_to_sign_in'
			])
		);
	});

	it.each(all)('$definition.id says what it divides by what, over which time', (one) => {
		const { definition } = one;
		for (const words of [definition.numerator, definition.denominator, definition.window])
			expect(words.length).toBeGreaterThan(8);
		for (const words of [definition.source, definition.grain, ...definition.caveats])
			expect(words).not.toBe('');
		expect(kpi(definition.id)).toBe(definition);
	});

	it.each(all)('$definition.id is made of the questions it names, and of no others', (one) => {
		expect(one.sources.length).toBeGreaterThan(0);
		for (const source of one.sources) expect(SOURCES).toHaveProperty(source);
		for (const name of queriesOf(one.sources)) expect(name).toMatch(/^[a-z-]+$/);
		const asked = new Set<string>();
		const rows = new Proxy({} as Partial<Rows>, {
			get: (_, name) => void asked.add(String(name))
		});
		one.answer(rows, collected);
		expect([...asked].toSorted()).toEqual([...one.sources].toSorted());
	});

	it.each(all)('$definition.id is no data without any, never 0 %', (one) => {
		const answer: KpiAnswer | DurationAnswer = one.answer({}, collected);
		if ('p50' in answer) expect(answer).toMatchObject({ p50: null, count: 0 });
		else expect(answer.denominator).toBe(0);
	});

	/** Where an autofill request that nobody touched would be one more case of nothing; the others count users, offers, passkeys or answers. */
	const OF_CALLS = [
		...['usage_rate_all', 'usage_rate_enrolled', 'fallback_rate'],
		...['ceremony_success', 'time_to_sign_in', 'drop_off', 'abandonment', 'cancel_rate'],
		...['error_rate', 'cda_completion']
	];
	/** These are the coverage of all others. */
	const COVERAGES = ['telemetry_loss', 'verdict_coverage'];

	it.each(all)('$definition.id tells what it leaves out, and how much it can see', (one) => {
		const { excluded = [], coverage } = one.answer({}, collected) as KpiAnswer | DurationAnswer;
		const kinds = excluded.map(({ kind }) => kind);
		expect(kinds).toContain('synthetic');
		if (one.definition.id !== 'eligible_users') expect(kinds).toContain('test_authenticators');
		expect(kinds.includes('conditional_untouched')).toBe(OF_CALLS.includes(one.definition.id));
		expect(coverage === undefined).toBe(COVERAGES.includes(one.definition.id));
		if (coverage) expect(coverage.of.length).toBeGreaterThan(8);
	});

	it('sets figures of the same word side by side, each beside the other', () => {
		const pairs = all.flatMap(({ definition: { id, rivals = [] } }) =>
			rivals.map((rival) => [id, rival] as const)
		);
		expect(pairs).toContainEqual(['usage_rate_all', 'usage_rate_enrolled']);
		for (const [id, rival] of pairs) expect(kpi(rival).rivals).toContain(id);
	});

	it('refuses a figure it does not define', () => {
		expect(() => kpi('made_up')).toThrow('No KPI "made_up"');
	});
});

describe('ceremony_success', () => {
	const row = {
		started: 10,
		verified: 6,
		undecided: 2,
		completed: 8,
		completed_decided: 6
	} as Rows['ceremonies'];

	it('leaves out what no verdict came for, and says how much that was', () => {
		const answer = answerOf('ceremony_success', { ceremonies: row });
		expect(answer).toMatchObject({
			numerator: 6,
			denominator: 8,
			coverage: { numerator: 6, denominator: 8 }
		});
		expect(answer.excluded).toContainEqual({
			kind: 'unknown',
			count: 2,
			reason: 'Completed by the page, no server verdict'
		});
	});

	it('is not known, rather than 0 %, when no verdict ever came', () => {
		const answer = answerOf('ceremony_success', {
			ceremonies: { ...row, verified: 0, undecided: 8, completed_decided: 0 }
		});
		expect(answer).toMatchObject({ numerator: null, denominator: null });
		expect(answer.notCollected).toContain('verdicts');
	});
});

describe('figures that need a report', () => {
	const activity = { passkey_signins: 5, other_signins: 0 } as Rows['activity'];

	it.each(['usage_rate_all', 'usage_rate_enrolled', 'fallback_rate'])(
		'%s does not take passkey sign-ins for all sign-ins',
		(id) => {
			const known = { ...collected, signins: false };
			expect(answerOf(id, { activity }, known)).toMatchObject({
				numerator: null,
				denominator: null
			});
			expect(answerOf(id, { activity }).denominator).toBe(5);
		}
	);

	it('count creations without an offer apart', () => {
		const users = { offered: 10, created: 6, offered_or_created: 12 } as Rows['users'];
		const answer = answerOf('enrollment_rate', { users });
		expect(answer).toMatchObject({ numerator: 4, denominator: 10 });
		expect(answer.excluded).toContainEqual(expect.objectContaining({ kind: 'other', count: 2 }));
	});
});

it('tells what is synthetic or of a virtual authenticator apart from what is left out', () => {
	const answer = answerOf('cancel_rate', {
		activity: { started: 4, cancelled: 1 } as Rows['activity'],
		ceremonies: { untouched: 7, tests: 2, synthetic: 3, pending: 1 } as Rows['ceremonies']
	});
	expect(
		answer.excluded?.map(({ kind, count, counted = false }) => [kind, count, counted])
	).toEqual([
		['conditional_untouched', 7, false],
		['unknown', 1, false],
		['test_authenticators', 2, true],
		['synthetic', 3, true]
	]);
});
