import { UPGRADE_STEPS, type UpgradeStepRow } from '$lib/server/queries/upgrade-funnel.ts';
import { describe, expect, it } from 'vitest';
import { toFunnels, usersAt } from './funnels.ts';

function rows(ecosystem: string, legacy_class: string, users: number): UpgradeStepRow[] {
	return UPGRADE_STEPS.map((step, index) => ({
		ecosystem,
		legacy_class,
		step,
		step_number: index + 1,
		users: users - index,
		asked: users - index,
		self: 0,
		automatic: index === 0 ? users : 0,
		median_ms: null,
		p90_ms: null
	}));
}

describe('toFunnels', () => {
	it('puts classes under their section, passwords under their own, the largest first', () => {
		const funnels = toFunnels(
			[
				...rows('google', 'password', 50),
				...rows('microsoft', 'windows_hello', 30),
				...rows('apple', 'chrome_mac_profile', 20),
				...rows('apple', 'apple_platform', 40)
			],
			[]
		);
		expect(funnels.map(({ section, legacyClass }) => [section, legacyClass])).toEqual([
			['apple', 'apple_platform'],
			['apple', 'chrome_mac_profile'],
			['microsoft', 'windows_hello'],
			['password', 'password']
		]);
	});

	it('ends a password’s funnel at the first use', () => {
		const [funnel] = toFunnels(rows('google', 'password', 50), []);
		expect(funnel?.steps.at(-1)?.step).toBe('first_use');
	});

	it('reads the users of a step by the way they were asked', () => {
		const funnel = toFunnels(rows('apple', 'apple_platform', 40), [])[0]!;
		expect(usersAt(funnel, 'eligible', 'all')).toBe(39);
		expect(usersAt(funnel, 'eligible', 'automatic')).toBe(0);
	});
});
