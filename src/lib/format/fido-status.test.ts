import { expect, test } from 'vitest';
import { describeStatus } from './fido-status.ts';

test.each([
	['', undefined, undefined],
	['FIDO_CERTIFIED', 'FIDO certified, level 1', undefined],
	['FIDO_CERTIFIED_L1', 'FIDO certified, level 1', undefined],
	['FIDO_CERTIFIED_L3plus', 'FIDO certified, level 3+', undefined],
	['REVOKED', 'Revoked', true],
	['USER_VERIFICATION_BYPASS', 'User verification can be bypassed', true],
	['NOT_FIDO_CERTIFIED', 'Not certified', undefined],
	['SOMETHING_NEW', 'something new', undefined]
])('the status "%s" is called %s', (status, name, bad) => {
	expect(describeStatus(status)?.name).toBe(name);
	expect(describeStatus(status)?.bad).toBe(bad);
});
