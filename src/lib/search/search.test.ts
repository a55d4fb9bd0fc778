import { describe, expect, it } from 'vitest';
import { applyCompletion, completeSearch } from './complete-search.ts';
import { parseSearch } from './parse-search.ts';

const read = (line: string) => {
	const parsed = parseSearch(line);
	return 'search' in parsed ? parsed.search : parsed.mistake;
};

describe('a search line', () => {
	it('is fields with values, alternatives, exclusions, comparisons and one id', () => {
		expect(
			read(
				'cause:timed_out os:Android,iOS -browser:"Samsung Internet" release:>=2.4 elapsed:<5000 0193ab'
			)
		).toEqual({
			text: '0193ab',
			only: { cause: ['timed_out'], os: ['android', 'ios'] },
			never: { browser: ['samsung internet'] },
			...{ atLeast: { release: '2.4' }, above: {}, atMost: {}, below: { elapsed: '5000' } }
		});
		expect(read('browser:"Samsung Internet",Chrome tag:plan=pro,"site=a, b"')).toMatchObject({
			only: { browser: ['samsung internet', 'chrome'], tag: ['plan=pro', 'site=a, b'] }
		});
		expect(read('  ')).toMatchObject({ text: '', only: {} });
	});

	it.each([
		['casue:timed_out', 'casue', 'Did you mean “cause”?'],
		['plattform:ios', 'plattform', 'There are: cause, outcome'],
		['outcome:suceeded', 'outcome', 'Did you mean “succeeded”?'],
		['os:', 'os:', 'neither field:value'],
		['os:>=ios', 'os', 'has no order'],
		['-release:>=2', 'release', 'Turn the comparison round'],
		['elapsed:>soon', 'elapsed', 'whole number'],
		['release:>=latest', 'release', 'compared with a version'],
		['tag:>pro', 'tag', 'has no order'],
		['provider:""', 'provider', 'Say which: provider:unknown'],
		['user:kim', 'user', 'hexadecimal'],
		['outcom=failed', 'outcom=failed', 'Did you mean “outcome:…”?'],
		['0193ab 0193ac', '', 'Only one id'],
		[`os:${'x'.repeat(300)}`, '', 'at most 300']
	])('"%s" is refused, naming %s', (line, field, words) => {
		expect(read(line)).toMatchObject({ field, message: expect.stringContaining(words) });
	});
});

describe('completion', () => {
	const values = { browser: ['Chrome', 'Samsung Internet'], release: ['2.4.0', '2.5.0'] };
	const terms = (line: string) => completeSearch(line, values).map(({ term }) => term);

	it('offers fields, then what was seen in them, then what there is', () => {
		expect(terms('os:ios ca')).toEqual(['cause:']);
		expect(terms('-o')).toEqual(['-outcome:', '-os:', '-origin:', '-os_version:']);
		expect(terms('browser:')).toEqual(['browser:Chrome', 'browser:"Samsung Internet"']);
		expect(terms('release:2.4.0,2')).toEqual(['release:2.4.0,2.4.0', 'release:2.4.0,2.5.0']);
		expect(terms('browser:"Samsung I')).toEqual(['browser:"Samsung Internet"']);
		expect(terms('browser:"Samsung Internet",C')).toEqual(['browser:"Samsung Internet",Chrome']);
		expect(terms('browser:"Samsung Internet" os:An')).toEqual(['os:Android']);
		expect(terms('outcome:f')).toEqual(['outcome:failed']);
		expect(terms('nothing:x')).toEqual([]);
	});

	it('keeps what stands before it', () => {
		const [first] = completeSearch('os:ios cau', values);
		expect(applyCompletion('os:ios cau', first!)).toBe('os:ios cause:');
		const [value] = completeSearch('os:ios cause:timed', values);
		expect(applyCompletion('os:ios cause:timed', value!)).toBe('os:ios cause:timed_out ');
	});
});
