import { describe, expect, it } from 'vitest';
import { explainCoverage, isOlder, judgeSending } from './describe-health.ts';
import { siteTroubles } from './site-trouble.ts';
import { sitesToCheck } from './sites-to-check.ts';

describe('how an application sends', () => {
	it.each([
		[[], 'silent', null],
		[[0, 10, 10, 10], 'silent', 10],
		[[5, 0], 'new', null],
		[[4, 10, 10, 100], 'less', 10],
		[[10, 9, 11, 10, 12], 'usual', 10.5],
		[[40, 10, 10, 10], 'more', 10]
	] as const)('%j is %s', (days, state, usual) => {
		expect(judgeSending(days)).toEqual({ state, usual });
	});

	it.each([
		['0.9.0', '0.10.0', true],
		['1.0', '1.0.1', true],
		['1.2.3', '1.2.3', false],
		['2.0.0', '1.9.9', false]
	] as const)('%s is older than %s: %s', (version, than, older) => {
		expect(isOlder(version, than)).toBe(older);
	});
});

describe('what is behind ceremonies that one side alone told of', () => {
	const counts = (completed: number, both: number, decided: number, seen = both) => ({
		...{ completed, completed_decided: both, decided, decided_seen: seen }
	});
	it.each([
		['all is told by both', counts(100, 99, 100), []],
		['nothing happened', counts(0, 0, 0), []],
		['the server sends none', counts(100, 0, 0), [/the server sends none/]],
		['the page sends nothing', counts(0, 0, 50), [/the page sends nothing/]],
		['they do not meet', counts(100, 0, 90), [/send and do not meet/]],
		['some of both', counts(100, 80, 90, 80), [/one of several places/, /blockers/]]
	])('%s', (_, told, expected) => {
		const reasons = explainCoverage(told);
		expect(reasons).toHaveLength(expected.length);
		reasons.forEach((reason, index) => expect(reason).toMatch(expected[index]!));
	});
});

describe('which sites are looked at', () => {
	const seen = (origin: string, rp_id: string, ceremonies = 1) => ({ origin, rp_id, ceremonies });

	it('are the project’s own, each with the RP ID its pages ask for', () => {
		expect(
			sitesToCheck(
				['https://shop.example', 'android:apk-key-hash:abc'],
				[seen('https://shop.example', 'shop.example', 9)]
			)
		).toEqual([{ site: 'https://shop.example', rpId: 'shop.example', related: [] }]);
	});

	it('and the site above them whose name is their RP ID', () => {
		expect(
			sitesToCheck(
				['https://login.shop.example'],
				[seen('https://login.shop.example', 'shop.example')]
			).map(({ site, rpId }) => [site, rpId])
		).toEqual([
			['https://login.shop.example', 'shop.example'],
			['https://shop.example', 'shop.example']
		]);
	});

	it('an origin of another name is to be listed by the site whose RP ID it uses', () => {
		expect(
			sitesToCheck(
				['https://shop.example', 'https://shop.test'],
				[seen('https://shop.test', 'shop.example')]
			)[0]
		).toMatchObject({ related: ['https://shop.test'] });
	});

	it('never what events alone tell: no foreign origin, no name that is not above an own one', () => {
		expect(
			sitesToCheck(
				['https://shop.example'],
				[seen('https://evil.test', 'evil.test', 99), seen('https://shop.example', 'evil.test', 99)]
			).map(({ site }) => site)
		).toEqual(['https://shop.example']);
		expect(
			sitesToCheck(['https://shop.example'], [seen('https://shop.example', 'example')])
		).toHaveLength(1);
	});
});

describe('errors of sites', () => {
	const error = (code: string) => ({
		...{ code, level: 'error' as const, area: 'apple', found: code, advice: '', link: '' }
	});
	const look = (site: string, at: number, ...codes: string[]) => ({
		...{ id: `${site}${at}`, projectId: 'p', site, firstAt: at, lastAt: at + 5 },
		findings: codes.map(error)
	});

	it('begin with the look that found them first, end with one that does not, and begin anew when they come back', () => {
		const checks = [
			look('a', 40, 'x'),
			look('a', 30),
			look('a', 20, 'x', 'y'),
			look('a', 10, 'x'),
			look('b', 15, 'x')
		];
		const found = siteTroubles(checks, 50).map(({ site, finding, firstAt, lastAt, over }) => [
			...[site, finding.code, firstAt, lastAt, over]
		]);
		expect(found).toEqual([
			['a', 'x', 10, 25, true],
			['a', 'x', 40, 45, false],
			['a', 'y', 20, 25, true],
			['b', 'x', 15, 20, false]
		]);
	});

	it('are over when their site is looked at no more', () => {
		const [trouble] = siteTroubles([look('a', 0, 'x')], 4 * 86_400_000);
		expect(trouble).toMatchObject({ over: true });
	});
});
