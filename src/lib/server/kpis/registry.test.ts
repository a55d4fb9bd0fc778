import { describe, expect, it } from 'vitest';
import { answerEnrollment, answerSuccess, answerUsage } from './answers.ts';
import { kpi, KPI_GROUPS } from './registry.ts';
import { trendOf } from './trends.ts';

const all = KPI_GROUPS.flatMap(({ kpis }) => kpis);
const collected = { users: true, offers: true, signins: true, capabilities: true };

describe('the registry', () => {
	it('names each figure once', () => {
		const ids = all.map(({ id }) => id);
		expect(new Set(ids).size).toBe(ids.length);
	});

	it.each(all)('$id says what it divides by what, over which time', (definition) => {
		for (const words of [definition.numerator, definition.denominator, definition.window])
			expect(words.length).toBeGreaterThan(8);
		expect(kpi(definition.id)).toBe(definition);
	});

	it('refuses a figure it does not define', () => {
		expect(() => kpi('made_up')).toThrow('No KPI "made_up"');
	});
});

describe('answerSuccess', () => {
	const row = {
		span: 'whole' as const,
		bucket: '2026-11-02',
		started: 10,
		verified: 6,
		undecided: 2,
		completed: 8,
		completed_decided: 6,
		decided: 6,
		decided_seen: 6,
		timed: 0,
		untimed: 0,
		p50: null,
		p75: null,
		p95: null
	};

	it('leaves out what no verdict came for, and says how much that was', () => {
		expect(answerSuccess(row)).toMatchObject({
			numerator: 6,
			denominator: 8,
			excluded: [{ count: 2 }],
			coverage: { numerator: 6, denominator: 8 }
		});
	});

	it('is not known, rather than 0 %, when no verdict ever came', () => {
		const answer = answerSuccess({ ...row, verified: 0, undecided: 8, completed_decided: 0 });
		expect(answer).toMatchObject({ numerator: null, denominator: null });
		expect(answer.notCollected).toContain('verdicts');
	});
});

describe('answers that need a report', () => {
	const signins = [
		{ bucket: '2026-11-02', activity: 'authentication', detail: 'succeeded', occurrences: 5 }
	];

	it('do not take passkey sign-ins for all sign-ins', () => {
		expect(answerUsage(signins, { ...collected, signins: false })).toMatchObject({
			numerator: null,
			denominator: null
		});
		expect(answerUsage(signins, collected)).toMatchObject({ numerator: 5, denominator: 5 });
	});

	it('count creations without an offer apart', () => {
		expect(
			answerEnrollment({ offered: 10, created: 6, offered_or_created: 12 }, collected)
		).toMatchObject({ numerator: 4, denominator: 10, excluded: [{ count: 2 }] });
	});
});

it('leaves gaps in a trend where nothing can be divided', () => {
	const rows = [{ bucket: 'b', part: 1, whole: 4 }];
	const trend = trendOf(['a', 'b'], rows, ([row]) => ({
		numerator: row?.part ?? 0,
		denominator: row?.whole ?? 0
	}));
	expect(trend).toEqual([null, 0.25]);
});
