import { describe, expect, it } from 'vitest';
import type { KpiDefinition } from './kpi.ts';
import { summariseAdoption } from './adoption-summary.ts';
import { summariseOverview } from './overview-summary.ts';

const share = (
	id: string,
	lowerIsBetter: boolean,
	{ now, before, of }: { now: number; before?: number | undefined; of: number }
) => ({
	definition: { id, name: id, unit: 'share', lowerIsBetter } as KpiDefinition,
	answer: { numerator: now, denominator: of },
	...(before !== undefined && { previous: { numerator: before, denominator: of } })
});
type Counts = [activation: number, usage: number, errors: number];
const figures = (now: Counts, before?: Counts, of = 100) => ({
	activation_rate: share('activation_rate', false, { now: now[0], before: before?.[0], of }),
	usage_rate_all: share('usage_rate_all', false, { now: now[1], before: before?.[1], of }),
	error_rate: share('error_rate', true, { now: now[2], before: before?.[2], of }),
	time_to_sign_in: { definition: { id: 'time_to_sign_in' } as KpiDefinition, duration: {} }
});
const plain = (text: string) => text.replaceAll('\u202f', ' ');

describe('summariseOverview', () => {
	it.each([
		[
			'speaks of one user in the singular',
			figures([1, 1, 0], undefined, 1),
			'The one user seen has a passkey, and 100 % of sign-ins use one.'
		],
		[
			'names what got worse most',
			figures([60, 40, 9], [50, 45, 2]),
			'60 % of the 100 users seen have a passkey, and 40 % of sign-ins use one. What got worse most: “error_rate”, +7.0 pp to 9 %.'
		],
		[
			'says so when nothing did',
			figures([60, 40, 2], [50, 40, 2]),
			'60 % of the 100 users seen have a passkey, and 40 % of sign-ins use one. No figure got worse by more than a point and more than chance.'
		],
		[
			'does not judge by a handful of cases',
			figures([6, 4, 9], [5, 5, 1], 10),
			'60 % of the 10 users seen have a passkey, and 40 % of sign-ins use one.'
		],
		[
			'admits to knowing too little',
			figures([0, 0, 0], undefined, 0),
			'Too little has been reported in this period to say how the rollout is going.'
		]
	])('%s', (_, of, expected) => {
		expect(plain(summariseOverview(of))).toBe(expected);
	});
});

describe('summariseAdoption', () => {
	const steps = (...users: (number | null)[]) =>
		['eligible', 'offered', 'started', 'created', 'verified', 'first_use'].map((step, index) => ({
			step,
			users: users[index]!
		}));
	it.each([
		[
			'names the widest gap',
			steps(100, 40, 30, 28, 27, 20),
			'60 of 100 (60 %) were never offered a passkey.'
		],
		[
			'does not blame offers nobody reports',
			steps(100, null, 30, 28, 27, 20),
			'70 of 100 (70 %) never began to create a passkey.'
		],
		[
			'tells a rollout without a loss',
			steps(5, 5, 5, 5, 5, 5),
			'all of them created and used one.'
		],
		['tells one without anybody', steps(0, 0, 0, 0, 0, 0), 'was seen in this period.']
	])('%s', (_, of, expected) => {
		expect(plain(summariseAdoption(of)).endsWith(expected)).toBe(true);
	});
});
