import { expect, it } from 'vitest';
import { describeLost, formatLost } from './format-lost.ts';
import type { UsersLost } from './users-lost.ts';

const lost: UsersLost = {
	...{ baseline: 'compared_period', estimate: 6.2, low: -0.3, high: 12.8 },
	...{ people: 43, succeeded: 25, compared: 43, uncompared: 0 }
};

it('what rounds to nothing has no sign', () => {
	expect(describeLost(lost)).toContain('no loss is shown: the interval runs from 0 to 13.');
	expect(formatLost(lost)).toBe('None shown');
	expect(formatLost({ ...lost, low: 2.6 })).toBe('6 (3 – 13)');
});
