import { UPGRADE_STEPS } from '$lib/server/queries/upgrade-funnel.ts';
import { describe, expect, it } from 'vitest';
import { gapsOf, upgradeAdvice } from './upgrade-advice.ts';
import { LEGACY_CLASSES } from './upgrade-names.ts';

describe('upgradeAdvice', () => {
	it('has something to say about every gap of every class', () => {
		for (const legacyClass of Object.keys(LEGACY_CLASSES))
			for (const step of UPGRADE_STEPS.slice(1))
				expect(upgradeAdvice(legacyClass, step), `${legacyClass} ${step}`).toBeDefined();
	});

	it('knows what Apple does and Windows does not', () => {
		expect(upgradeAdvice('apple_platform', 'created')!.advice).toMatch(/same user id/);
		expect(upgradeAdvice('windows_hello', 'created')!.why).toMatch(/device-bound/);
	});
});

describe('gapsOf', () => {
	const steps = (...users: number[]) =>
		users.map((count, index) => ({ step: `s${index}`, users: count }));
	it.each([
		['the widest first', steps(10, 9, 4, 3), ['s2: 5', 's1: 1', 's3: 1']],
		['equal ones in their order', steps(10, 8, 6), ['s1: 2', 's2: 2']],
		['none where nobody is lost', steps(4, 4), []],
		['none without steps', [], []]
	])('finds %s', (_, given, expected) => {
		expect(gapsOf(given).map(({ step, lost }) => `${step}: ${lost}`)).toEqual(expected);
	});
});
