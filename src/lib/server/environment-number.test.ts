import { expect, it } from 'vitest';
import { checkEnvironmentNumbers, environmentNumber } from './environment-number.ts';

it.each([
	['as usual where nobody set it', undefined, 60],
	['as usual where it is set to nothing', '', 60],
	['what somebody set', '0.5', 0.5],
	['never', '0', 0]
])('is %s', (_, text, expected) => {
	expect(environmentNumber({ PASSLENS_ALERTS_EVERY_S: text }, 'PASSLENS_ALERTS_EVERY_S')).toBe(
		expected
	);
});

it.each(['1m', '-1', 'off', '1e9', 'NaN'])(
	'“%s” ends the start, since alerts would else never be looked at',
	(text) => {
		expect(() => checkEnvironmentNumbers({ PASSLENS_ALERTS_EVERY_S: text })).toThrow(
			`PASSLENS_ALERTS_EVERY_S must be a number from 0 to 604800, not "${text}".`
		);
	}
);
