import { describe, expect, it } from 'vitest';
import {
	coverageOf,
	durationChange,
	formatInterval,
	isSmall,
	markedShare,
	shareChange,
	shareDetail,
	wilsonInterval
} from './kpi.ts';

const answer = (numerator: number | null, denominator: number | null) => ({
	numerator,
	denominator
});

describe('shareChange', () => {
	it.each([
		['more is better and it rose', false, answer(400, 1_000), answer(300, 1_000), 'up', true],
		['more is better and it fell', false, answer(200, 1_000), answer(300, 1_000), 'down', false],
		['less is better and it rose', true, answer(400, 1_000), answer(300, 1_000), 'up', false],
		['less is better and it fell', true, answer(200, 1_000), answer(300, 1_000), 'down', true],
		['it stayed', false, answer(300, 1_000), answer(300, 1_000), 'flat', undefined],
		// Newcombe (1998), Statistics in Medicine 17:873, table II, method 10: from 0.0524 to 0.3339, and from −0.0077 to 0.2866.
		['its interval begins above zero', false, answer(56, 70), answer(48, 80), 'up', true],
		['its interval has zero in it', false, answer(10, 34), answer(4, 26), 'up', undefined]
	] as const)('when %s', (_, lowerIsBetter, now, before, direction, better) => {
		expect(shareChange({ lowerIsBetter }, now, before)).toMatchObject({ direction, better });
	});

	it.each([
		['nothing is compared', answer(1, 2), undefined],
		['the compared period has no cases', answer(1, 2), answer(0, 0)],
		['this period has no cases', answer(0, 0), answer(1, 2)],
		['it is not collected', answer(null, null), answer(1, 2)]
	])('is nothing when %s', (_, now, before) => {
		expect(shareChange({ lowerIsBetter: false }, now, before)).toBeUndefined();
	});
});

it('compares durations by their medians', () => {
	const time = (p50: number | null) => ({ p50, p75: p50, p95: p50, count: 10 });
	expect(durationChange({ lowerIsBetter: true }, time(4_000), time(5_000))).toMatchObject({
		direction: 'down',
		better: true
	});
	expect(durationChange({ lowerIsBetter: true }, time(4_060), time(4_000))).toMatchObject({
		...{ text: '+1.5\u202f%', direction: 'up' },
		better: undefined
	});
	expect(durationChange({ lowerIsBetter: true }, time(4_000), time(null))).toBeUndefined();
});

it('tells no coverage of a figure without cases', () => {
	const coverage = { numerator: 9, denominator: 9, of: 'verdicts' };
	expect(coverageOf({ ...answer(1, 2), coverage })).toBe(coverage);
	expect(coverageOf({ ...answer(0, 0), coverage })).toBeUndefined();
	expect(coverageOf({ ...answer(null, null), coverage })).toBeUndefined();
	const none = { p50: null, p75: null, p95: null, coverage };
	expect(coverageOf({ ...none, count: 0 })).toBeUndefined();
	expect(coverageOf({ ...none, count: 1 })).toBe(coverage);
});

describe('small samples', () => {
	it.each([
		[0, false],
		[1, true],
		[29, true],
		[30, false]
	])('%s cases: marked %s', (denominator, marked) => {
		expect(isSmall(answer(0, denominator))).toBe(marked);
	});

	it.each([
		[81, 263, '30.8 %'],
		[1, 29, '3.4 % (few cases)'],
		[0, 0, '–']
	])('%s of %s is %s in a narrow column', (numerator, denominator, short) => {
		const plain = (text: string) => text.replaceAll('\u202f', ' ');
		expect(plain(markedShare(answer(numerator, denominator)))).toBe(short);
	});

	// Reference: Newcombe (1998), Statistics in Medicine 17:857, table I, method 3.
	it.each([
		[81, 263, 0.2553, 0.3662],
		[15, 148, 0.0624, 0.1605],
		[0, 20, 0, 0.1611],
		[1, 29, 0.0061, 0.1718]
	])('%s of %s lies between %s and %s', (successes, trials, low, high) => {
		const interval = wilsonInterval(successes, trials);
		expect(interval.low).toBeCloseTo(low, 4);
		expect(interval.high).toBeCloseTo(high, 4);
	});

	it('has no interval without cases', () => {
		expect(formatInterval(answer(0, 0))).toBe('–');
		expect(shareDetail(answer(0, 0))).toBe('No cases in this period');
	});
});
