import { describe, expect, it } from 'vitest';
import { FAILURE_CAUSES } from '../../../sdk/common/failure-causes.ts';
import { reproduction } from './reproduction.ts';
import type { AskedCeremony } from './request-notes.ts';

const ASKED: AskedCeremony = {
	...{ ceremony_type: 'registration', mediation: 'optional', timeout_ms: 300_000 },
	...{ origin: 'https://shop.example', rp_id: 'shop.example', resident_key: 'required' },
	...{ user_verification: 'required', requested_attachment: 'platform', attestation: 'none' },
	...{ hints: ["it's"], allow_count: null, allow_transports: [], exclude_count: 1 },
	...{ exclude_transports: [], os_name: 'macOS', browser_name: 'Chrome' },
	...{ cross_device: null, user_verified: null, cause: 'already_registered' }
};
const scriptOf = (change: Partial<AskedCeremony>) => {
	const made = reproduction({ ...ASKED, ...change });
	if (!made || !('script' in made)) throw new Error('There is no script.');
	return made.script;
};

describe('reproduction', () => {
	it('asks as the ceremony did, and says what it does', () => {
		const script = scriptOf({});
		expect(script).toContain("residentKey: 'required', userVerification: 'required'");
		expect(script).toContain("authenticatorAttachment: 'platform'");
		expect(script).toContain('timeout: 60000');
		expect(script).toContain("hints: ['it\\'s']");
		expect(script).toContain(
			'Reproduces “Already registered” (already_registered) of a registration'
		);
	});

	it('leaves what the server refuses to the site itself', () => {
		const script = scriptOf({ cause: 'signature_invalid', ceremony_type: 'authentication' });
		expect(script).toContain('isBogusSignature: true');
		expect(script).toContain('page.goto("https://shop.example")');
	});

	it('has a script, or says why there is none, for every cause and kind', () => {
		for (const cause of [...FAILURE_CAUSES, 'counter_regressed', 'backup_flags_invalid'])
			for (const ceremony_type of ['registration', 'authentication'] as const) {
				const made = reproduction({ ...ASKED, cause, ceremony_type });
				expect(made, cause).toBeDefined();
				expect('script' in made! ? made.because : made!.missing).toMatch(/\.$/);
			}
		expect(reproduction({ ...ASKED, cause: '' })).toBeUndefined();
	});
});
