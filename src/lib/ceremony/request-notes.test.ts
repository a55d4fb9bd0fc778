import { expect, it } from 'vitest';
import { requestNotes, type AskedCeremony, type Surroundings } from './request-notes.ts';

const SIGN_IN: AskedCeremony = {
	...{ ceremony_type: 'authentication', mediation: 'optional', timeout_ms: 300_000 },
	...{ origin: 'https://www.example.com', rp_id: 'example.com' },
	...{
		resident_key: '',
		user_verification: 'preferred',
		requested_attachment: '',
		attestation: ''
	},
	...{
		hints: [],
		allow_count: 0,
		allow_transports: [],
		exclude_count: null,
		exclude_transports: []
	},
	...{
		os_name: 'Windows',
		browser_name: 'Chrome',
		cross_device: null,
		user_verified: null,
		cause: ''
	}
};
const CREATE: AskedCeremony = {
	...SIGN_IN,
	...{
		ceremony_type: 'registration',
		resident_key: 'required',
		attestation: 'none',
		exclude_count: 0
	}
};

type Case = [
	title: string,
	asked: AskedCeremony,
	change: Partial<AskedCeremony>,
	expected: string[],
	around?: Surroundings
];

const CASES: Case[] = [
	['a usual sign-in', SIGN_IN, {}, []],
	['a usual creation', CREATE, {}, []],
	['a timeout no browser takes', SIGN_IN, { timeout_ms: 3_000 }, ['unusual timeout']],
	[
		'a minute, where a phone may answer',
		SIGN_IN,
		{ timeout_ms: 60_000, allow_count: 1, allow_transports: ['hybrid', 'internal'] },
		['unusual timeout']
	],
	[
		'a minute that was too short',
		SIGN_IN,
		{ timeout_ms: 60_000, cause: 'timed_out' },
		['conflict timeout']
	],
	['a minute that was enough', SIGN_IN, { timeout_ms: 60_000 }, []],
	[
		'an autofill request’s timeout, which nobody waits for',
		SIGN_IN,
		{ timeout_ms: 3_000, mediation: 'conditional' },
		[]
	],
	[
		'no timeout in Firefox',
		SIGN_IN,
		{ timeout_ms: null, browser_name: 'Firefox' },
		['unusual timeout']
	],
	['no timeout elsewhere', SIGN_IN, { timeout_ms: null }, []],
	[
		'an excluded credential on the device',
		CREATE,
		{ exclude_count: 2, cause: 'already_registered' },
		['conflict excludeCredentials']
	],
	[
		'excluded credentials in an upgrade',
		CREATE,
		{ exclude_count: 1 },
		['unusual excludeCredentials'],
		{ promptPurpose: 'upgrade' }
	],
	['excluded credentials otherwise', CREATE, { exclude_count: 3 }, []],
	[
		'a server that requires what the page does not',
		SIGN_IN,
		{ cause: 'user_verification_missing' },
		['conflict userVerification']
	],
	[
		'required, and not done',
		SIGN_IN,
		{ user_verification: 'required', user_verified: false },
		['conflict userVerification']
	],
	[
		'required, where there is none',
		SIGN_IN,
		{ user_verification: 'required', cause: 'user_verification_unavailable' },
		['conflict userVerification']
	],
	[
		'a passkey without verification',
		CREATE,
		{ user_verification: 'discouraged' },
		['unusual userVerification']
	],
	['the same domain', SIGN_IN, { origin: 'https://example.com' }, []],
	[
		'a domain that only ends alike',
		SIGN_IN,
		{ origin: 'https://notexample.com' },
		['unusual rpId']
	],
	[
		'another domain, refused',
		SIGN_IN,
		{ rp_id: 'other.org', cause: 'rp_id_mismatch' },
		['conflict rpId']
	],
	['an RP ID below the page', SIGN_IN, { rp_id: 'login.www.example.com' }, ['conflict rpId']],
	['an address', SIGN_IN, { origin: 'https://192.0.2.1', rp_id: '192.0.2.1' }, ['conflict rpId']],
	[
		'an IPv6 address',
		SIGN_IN,
		{ origin: 'https://[2001:db8::1]', rp_id: 'example.com' },
		['conflict rpId']
	],
	['no TLS', SIGN_IN, { origin: 'http://www.example.com' }, ['conflict origin']],
	['localhost', SIGN_IN, { origin: 'http://localhost:5173', rp_id: 'localhost' }, []],
	['an origin nobody told', SIGN_IN, { origin: '', rp_id: '' }, []],
	['an app’s origin', SIGN_IN, { origin: 'android:apk-key-hash:abc', rp_id: 'example.com' }, []],
	[
		'a long list in Firefox',
		SIGN_IN,
		{ allow_count: 21, browser_name: 'Firefox' },
		['conflict allowCredentials']
	],
	[
		'a list in autofill',
		SIGN_IN,
		{ mediation: 'conditional', allow_count: 2 },
		['unusual allowCredentials']
	],
	[
		'built-in credentials alone, and none was found',
		SIGN_IN,
		{ allow_count: 1, allow_transports: ['internal'], cause: 'no_credential_here' },
		['conflict allowCredentials']
	],
	[
		'security keys alone, and none was found',
		SIGN_IN,
		{ allow_count: 1, allow_transports: ['nfc', 'usb'], cause: 'no_credential_here' },
		['unusual allowCredentials']
	],
	[
		'platform alone on Linux',
		CREATE,
		{ requested_attachment: 'platform', os_name: 'Linux' },
		['conflict authenticatorAttachment']
	],
	[
		'attachment against hints',
		CREATE,
		{ requested_attachment: 'platform', hints: ['hybrid'] },
		['conflict authenticatorAttachment']
	],
	['nothing said of residentKey', CREATE, { resident_key: '' }, ['unusual residentKey']],
	['attestation', CREATE, { attestation: 'direct' }, ['unusual attestation']],
	[
		'several, what explains it first',
		CREATE,
		{ attestation: 'enterprise', exclude_count: 1, cause: 'already_registered' },
		['conflict excludeCredentials', 'unusual attestation']
	]
];

it.each(CASES)('%s', (_title, asked, change, expected, around = { promptPurpose: '' }) => {
	const notes = requestNotes({ ...asked, ...change }, around);
	expect(notes.map(({ weight, option }) => `${weight} ${option}`)).toEqual(expected);
	for (const { what, why, todo } of notes)
		for (const text of [what, why, todo]) expect(text).toMatch(/\.$/);
});
