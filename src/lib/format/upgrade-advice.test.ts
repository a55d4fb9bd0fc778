import { UPGRADE_STEPS } from '$lib/server/queries/upgrade-funnel.ts';
import { describe, expect, it } from 'vitest';
import { upgradeAdvice, widestGap } from './upgrade-advice.ts';
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

describe('widestGap', () => {
	const steps = (...users: number[]) =>
		users.map((count, index) => ({ step: `s${index}`, users: count }));
	it.each([
		['the most users', steps(10, 9, 4, 3), { step: 's2', lost: 5 }],
		['the first of equal ones', steps(10, 8, 6), { step: 's1', lost: 2 }],
		['nobody lost', steps(4, 4), undefined],
		['no steps', [], undefined]
	])('finds %s', (_, given, expected) => {
		expect(widestGap(given)).toEqual(expected);
	});
});
