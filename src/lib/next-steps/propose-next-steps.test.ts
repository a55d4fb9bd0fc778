import { describe, expect, it } from 'vitest';
import { rankNextSteps, type NextStep } from './next-step.ts';
import { fromEnrolment, fromFailures, fromRisks, fromUpgrades } from './propose-next-steps.ts';

const short = (steps: readonly NextStep[]) =>
	steps.map(({ key, users, of }) => [key, users, of] as const);

describe('fromEnrolment', () => {
	const steps = (offered: number | null) =>
		Object.entries({ eligible: 100, offered, started: 40, created: 38, verified: 38, first_use: 9 })
			// The order of the funnel.
			.map(([step, users]) => ({ step, users }));

	it('has every gap, with whom it is a part of', () => {
		expect(short(fromEnrolment(steps(70)))).toEqual([
			['enrolment:offered', 30, 100],
			['enrolment:started', 30, 70],
			['enrolment:created', 2, 40],
			['enrolment:verified', 0, 38],
			['enrolment:first_use', 29, 38]
		]);
	});

	it('does not say that somebody saw an offer where none is reported', () => {
		const [first] = fromEnrolment(steps(null));
		expect(first).toMatchObject({ key: 'enrolment:started', users: 60, of: 100 });
		expect(first?.loss).toBe('never began to create a passkey');
		expect(first?.why).toContain('not known');
	});
});

describe('fromUpgrades', () => {
	const funnel = (legacy_class: string, users: readonly number[]) =>
		['legacy_active', 'eligible', 'offered', 'started', 'created'].map((step, index) => ({
			...{ ecosystem: 'apple', legacy_class, step, users: users[index]! }
		}));

	it('has the widest gap of each class that a site can close, and none of passwords', () => {
		const steps = fromUpgrades([
			// Who cannot upgrade on any device is nobody's to win.
			...funnel('apple_platform', [100, 40, 30, 10, 10]),
			...funnel('chrome_mac_profile', [8, 8, 8, 8, 8]),
			...funnel('password', [900, 800, 10, 0, 0])
		]);
		expect(short(steps)).toEqual([['upgrade:apple_platform:apple:started', 20, 30]]);
		expect(steps[0]?.list?.parameters).toEqual({
			...{ funnel: 'upgrade', step: 'started', of: 'apple', class: 'apple_platform' }
		});
	});
});

describe('fromFailures', () => {
	const lost = (low: number) => ({
		...{ estimate: 11.4, low, high: 16, compared: 42, uncompared: 0 },
		...{ baseline: 'rest' as const, people: 42, succeeded: 23 }
	});
	const group = (state: 'new' | 'ongoing' | 'regressed' | 'resolved' | 'ignored', low: number) => ({
		...{ group_id: `${state}-${low}`, state, lost: lost(low) },
		...{ outcome: 'failed' as const, cause: 'not_focused' },
		...{ error_name: 'NotAllowedError', error_signature: '', error_code: '' }
	});

	it('has those that cost users beyond chance, and that somebody has yet to see to', () => {
		const steps = fromFailures([
			...[group('new', 5.2), group('ongoing', 0), group('ongoing', 0.4), group('regressed', 1)],
			...[group('resolved', 5), group('ignored', 5), { ...group('new', 1), lost: undefined }]
		]);
		expect(short(steps)).toEqual([
			['failure:new-5.2', 11, 42],
			['failure:ongoing-0.4', 11, 42],
			['failure:regressed-1', 11, 42]
		]);
		expect(steps[0]?.interval).toEqual({ low: 5, high: 16 });
	});
});

describe('rankNextSteps', () => {
	it('puts the most users first, and leaves out what concerns nobody', () => {
		const ranked = rankNextSteps([
			...fromRisks({ locked_out: 12, holders: 40 }),
			...fromRisks({ locked_out: 0, holders: 40 }),
			...fromEnrolment([
				{ step: 'eligible', users: 50 },
				{ step: 'offered', users: 20 }
			])
		]);
		expect(ranked.map(({ users }) => users)).toEqual([30, 12]);
	});

	it('has ten at most', () => {
		const many = Array.from({ length: 14 }, (_, locked_out) =>
			fromRisks({ locked_out, holders: 20 })
		);
		expect(rankNextSteps(many.flat()).map(({ users }) => users)).toEqual([
			...[13, 12, 11, 10, 9, 8, 7, 6, 5, 4]
		]);
	});
});
