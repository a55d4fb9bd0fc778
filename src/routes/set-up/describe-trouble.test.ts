import { describe, expect, it } from 'vitest';
import { findSetUpTroubles, type RefusalTold } from './describe-trouble.ts';

const fine = {
	refusals: [],
	endpoint: 'https://in.example.com',
	origins: ['https://example.com'],
	collectors: 1,
	skewMs: null
};

const refusal = (told: Partial<RefusalTold>): RefusalTold => ({
	project_id: 'shop',
	path: '/v1/events',
	code: 'invalid_value',
	field: '',
	reason: 'must be right',
	refusals: 3,
	last_at: '2026-11-24T10:00:00Z',
	...told
});

it('finds nothing where nothing is wrong', () => {
	expect(findSetUpTroubles(fine)).toEqual([]);
	expect(findSetUpTroubles({ ...fine, skewMs: 30_000 })).toEqual([]);
});

describe('what can be seen without an event', () => {
	it.each([
		[{ collectors: 0 }, 'no_collector', /npm start/],
		[{ origins: [] }, 'no_origin', /Allow the origin/],
		[{ endpoint: 'http://in.example.com' }, 'mixed_content', /HTTPS/],
		[{ endpoint: 'http://localhost:7301' }, 'endpoint_on_loopback', /public address/],
		[{ skewMs: 7_200_000 }, 'clock', /NTP/],
		[{ skewMs: -7_200_000 }, 'clock', /NTP/]
	])('%j is %s', (wrong, code, fix) => {
		const troubles = findSetUpTroubles({ ...fine, ...wrong });
		expect(troubles.map((trouble) => trouble.code)).toEqual([code]);
		expect(troubles[0]!.fix).toMatch(fix);
	});

	it('a site on this machine may send to an endpoint on this machine', () => {
		const local = { origins: ['http://localhost:5173'], endpoint: 'http://localhost:7301' };
		expect(findSetUpTroubles({ ...fine, ...local })).toEqual([]);
	});

	it('says which way a clock is wrong', () => {
		const [behind] = findSetUpTroubles({ ...fine, skewMs: 7_200_000 });
		const [ahead] = findSetUpTroubles({ ...fine, skewMs: -7_200_000 });
		expect([behind!.text, ahead!.text]).toEqual([
			expect.stringMatching(/^It is 2.h behind/),
			expect.stringMatching(/^It is 2.h ahead/)
		]);
	});
});

describe('what the collector refused', () => {
	const tell = (told: Partial<RefusalTold>) =>
		findSetUpTroubles({ ...fine, refusals: [refusal(told)] })[0]!;

	it('names the origin that is not allowed, to be allowed by a click', () => {
		const reason =
			"The project of this key does not take events from https://staging.example.com:8443. Add it to the project's allowed origins.";
		expect(tell({ code: 'origin_not_allowed', reason })).toMatchObject({
			title: expect.stringContaining('CORS'),
			origin: 'https://staging.example.com:8443',
			seen: { times: 3, lastAt: '2026-11-24T10:00:00Z' }
		});
	});

	it('offers no origin that is none', () => {
		for (const named of ['null', 'chrome-extension://abc', 'https://a@b.example', 'nonsense']) {
			const reason = `The project of this key does not take events from ${named}. Add it.`;
			expect(tell({ code: 'origin_not_allowed', reason }).origin).toBeUndefined();
		}
	});

	it.each([
		['key_unknown', 'Wrong key'],
		['key_missing', 'No key'],
		['server_key_required', 'Verdicts need the server key'],
		['environment_not_allowed', 'The key belongs to another environment'],
		['spool_full', 'The spool is full']
	])('%s has words of its own', (code, title) => {
		expect(tell({ code })).toMatchObject({ title, fix: expect.stringMatching(/\w/) });
	});

	it('names a field that was refused, and what would be right', () => {
		expect(
			tell({ field: 'signin.method', reason: 'must be one of: passkey, password' })
		).toMatchObject({
			title: 'signin.method was refused',
			text: 'The field signin.method must be one of: passkey, password.'
		});
	});
});
