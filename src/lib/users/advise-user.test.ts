import { describe, expect, it } from 'vitest';
import { FAILURE_CAUSES } from '../../../sdk/common/failure-causes.ts';
import { adviseUser } from './advise-user.ts';
import { TELL_OF_CAUSE, TELL_UNKNOWN } from './tell-user.ts';

const holds = { state: { passkeys: 2, lockout_risk: false }, credentials: [] };
const ended = (outcome: string, reason = '', id = reason) => ({
	...{ id, outcome, reason, os_name: '' }
});
const told = (ceremonies: ReturnType<typeof ended>[]) =>
	adviseUser({ ...holds, ceremonies }).map(({ because }) => because);

describe('what to tell a user', () => {
	it('is nothing where the newest ceremony that ended succeeded', () => {
		expect(told([ended('pending'), ended('succeeded'), ended('failed', 'timed_out')])).toEqual([]);
		expect(told([])).toEqual([]);
	});

	it('comes from the causes since the last success, each once, the newest first', () => {
		const ceremonies = [
			ended('failed', 'timed_out', 'newest'),
			ended('cancelled', 'user_cancelled'),
			ended('failed', 'timed_out', 'older'),
			ended('rejected', 'challenge_expired'),
			ended('succeeded'),
			ended('failed', 'not_focused')
		];
		expect(told(ceremonies)).toEqual(['Timed out', 'Cancelled by the user']);
		expect(adviseUser({ ...holds, ceremonies })[0]).toMatchObject({
			ceremony_id: 'newest',
			tell: TELL_OF_CAUSE['timed_out']
		});
	});

	it('says so where no cause is known', () => {
		const [advice] = adviseUser({ ...holds, ceremonies: [ended('failed', 'unknown')] });
		expect(advice).toMatchObject({ because: 'Unknown', tell: TELL_UNKNOWN });
		expect(told([ended('abandoned')])).toEqual(['Begun and never ended']);
	});

	it('warns of what they hold', () => {
		const of = (passkeys: number, lockout_risk: boolean, credentials: { status: 'revoked' }[]) =>
			adviseUser({ state: { passkeys, lockout_risk }, credentials, ceremonies: [] });
		expect(of(0, false, [])[0]?.because).toContain('no passkey that Passlens knows of');
		expect(of(0, false, [{ status: 'revoked' }])[0]?.because).toContain('works any more');
		expect(of(1, true, [])[0]?.because).toContain('bound to one device');
	});

	it('has words for every cause that the evidence can point to', () => {
		for (const cause of FAILURE_CAUSES)
			if (cause !== 'unknown')
				expect([cause, TELL_OF_CAUSE[cause]]).toEqual([cause, expect.any(String)]);
	});
});
