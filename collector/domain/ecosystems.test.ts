import { describe, expect, test } from 'vitest';
import type { CredentialFacts } from '../../sdk/event/index.ts';
import { BUILT_IN_RULES } from '../../settings/legacy-rules.ts';
import {
	BUILT_IN_VERSIONS,
	type LegacyVersion,
	type LegacyVersions
} from '../../settings/legacy-versions.ts';
import { clientEcosystem, credentialEcosystem } from './ecosystems.ts';
import { legacyClass } from './legacy-class.ts';
import { recognisePlatform, type Platform } from './platform.ts';
import { findBuiltInProvider, ZERO_AAGUID } from './providers.ts';

const on = (os_name: string, engine: Platform['engine'] = 'chromium'): Platform => ({
	...recognisePlatform({ userAgent: '' }),
	os_name,
	engine,
	client_ecosystem: clientEcosystem(os_name)
});

const TEST_AAGUID = '01020304-0506-0708-0102-030405060708';
const device: Partial<CredentialFacts> = {
	authenticator_attachment: 'platform',
	transports: ['internal']
};
const roaming = { authenticator_attachment: 'cross-platform' } as const;
const bound = { backup_eligible: false, backup_state: false };
const synced = { backup_eligible: true, backup_state: true };

type Row = [
	title: string,
	platform: Platform,
	credential: Partial<CredentialFacts>,
	expected: string,
	ceremonyType?: 'authentication' | undefined,
	rest?: { attestationFormat?: string }
];

describe('credentialEcosystem and legacyClass', () => {
	test.each<Row>([
		[
			'Apple Passwords',
			on('macOS'),
			{ ...device, ...synced, aaguid: 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd' },
			'apple -'
		],
		[
			'a password manager on an iPhone',
			on('iOS', 'webkit'),
			{ ...device, ...synced, aaguid: 'bada5566-a7aa-401f-bd96-45619a55120d' },
			'third_party -'
		],
		[
			'a device-bound KeePassXC passkey is nobody’s legacy',
			on('Linux'),
			{ ...device, ...bound, aaguid: 'fdb141b2-5d84-443e-8a35-4698c205a502' },
			'third_party -'
		],
		[
			'Windows Hello',
			on('Windows'),
			{ ...device, ...bound, aaguid: '08987058-cadc-4b81-b6e1-30de50dcbe96' },
			'microsoft windows_hello'
		],
		[
			'Chrome on Mac',
			on('macOS'),
			{ ...device, ...bound, aaguid: 'adce0002-35bc-c60a-648b-0b25f1f05503' },
			'google chrome_mac_profile'
		],
		[
			'Android before passkeys',
			on('Android'),
			{ ...device, ...bound, aaguid: 'b93fd961-f2e6-462f-b122-82002247de78' },
			'google android_platform'
		],
		[
			'a zero AAGUID with BE is unknown, on a Mac too',
			on('macOS'),
			{ ...device, ...synced, aaguid: ZERO_AAGUID },
			'unknown -'
		],
		[
			'a zero AAGUID without BE on an Apple system',
			on('iOS', 'webkit'),
			{ ...device, ...bound, aaguid: ZERO_AAGUID },
			'apple apple_platform'
		],
		[
			'the same, unknown flags: nothing is claimed',
			on('iOS', 'webkit'),
			{ ...device, aaguid: ZERO_AAGUID },
			'unknown -'
		],
		[
			'a device-bound sign-in in Safari',
			on('macOS', 'webkit'),
			{ ...device, ...bound },
			'apple apple_platform',
			'authentication'
		],
		[
			'a device-bound sign-in in Chrome on a Mac',
			on('macOS'),
			{ ...device, ...bound },
			'google chrome_mac_profile',
			'authentication'
		],
		[
			'a device-bound sign-in on Windows',
			on('Windows'),
			{ ...device, ...bound },
			'microsoft windows_hello',
			'authentication'
		],
		[
			'a device-bound platform credential on Linux',
			on('Linux'),
			{ ...device, ...bound, aaguid: TEST_AAGUID },
			'unknown other_platform'
		],
		[
			'a virtual authenticator stands in for the platform',
			on('Android'),
			{ ...device, ...synced, aaguid: TEST_AAGUID },
			'google -'
		],
		[
			'a virtual authenticator, device-bound, on a Mac',
			on('macOS'),
			{ ...device, ...bound, aaguid: TEST_AAGUID },
			'apple apple_platform'
		],
		[
			'a virtual authenticator over hybrid',
			on('macOS'),
			{ ...roaming, ...synced, transports: ['ble', 'hybrid'], aaguid: TEST_AAGUID },
			'unknown -'
		],
		[
			'a passkey on a security key',
			on('macOS'),
			{ ...roaming, ...bound, transports: ['usb', 'nfc'], discoverable: true, user_verified: true },
			'security_key -'
		],
		[
			'a virtual security key',
			on('Linux'),
			{
				...roaming,
				...bound,
				transports: ['usb'],
				aaguid: TEST_AAGUID,
				discoverable: true,
				user_verified: true
			},
			'security_key -'
		],
		[
			'a U2F key',
			on('Linux'),
			{
				...roaming,
				...bound,
				transports: ['usb'],
				aaguid: ZERO_AAGUID,
				discoverable: false,
				user_verified: false
			},
			'security_key u2f_key'
		],
		[
			'a phone over hybrid',
			on('Windows'),
			{ ...roaming, ...synced, transports: ['hybrid', 'internal'], aaguid: ZERO_AAGUID },
			'unknown -'
		],
		[
			'what a server read of a U2F key',
			on(''),
			{ ...bound },
			'unknown u2f_key',
			undefined,
			{ attestationFormat: 'fido-u2f' }
		],
		[
			'what a server read of an old Android',
			on(''),
			{ ...bound },
			'unknown android_platform',
			undefined,
			{ attestationFormat: 'android-safetynet' }
		]
	])('%s', (_, platform, credential, expected, ceremonyType, rest) => {
		const context = {
			credential: { credential_ref: 'x'.repeat(43), ...credential } as CredentialFacts,
			provider: findBuiltInProvider(credential.aaguid),
			ceremonyType: ceremonyType ?? ('registration' as const),
			platform,
			...rest
		};
		expect(`${credentialEcosystem(context)} ${legacyClass(context, BUILT_IN_RULES) || '-'}`).toBe(
			expected
		);
	});

	const HELLO = '08987058-cadc-4b81-b6e1-30de50dcbe96';
	const UNKNOWN = '11111111-2222-4333-8444-555555555555';
	test.each<[string, CredentialFacts['aaguid'], object, string]>([
		['a model that the operator keeps', HELLO, { ...bound }, 'microsoft -'],
		['one that the operator calls legacy', UNKNOWN, { ...bound }, 'microsoft u2f_key'],
		['a synced credential of it', UNKNOWN, { ...synced }, 'unknown -'],
		['one that no rule names', undefined, { ...bound }, 'microsoft windows_hello']
	])('%s', (_, aaguid, flags, expected) => {
		const models = new Map([
			[HELLO, ''],
			[UNKNOWN, 'u2f_key']
		] as const);
		const rules = { ...BUILT_IN_RULES, models };
		const context = {
			credential: {
				...{ credential_ref: 'x'.repeat(43), authenticator_attachment: 'platform' as const },
				...{ ...flags, ...(aaguid && { aaguid }) }
			},
			provider: findBuiltInProvider(aaguid),
			ceremonyType: 'registration' as const,
			platform: on('Windows')
		};
		expect(`${credentialEcosystem(context)} ${legacyClass(context, rules) || '-'}`).toBe(expected);
	});

	test.each<
		[string, Partial<LegacyVersions>, string, string, 'registration' | 'authentication', string]
	>([
		['an iPhone of the last version', {}, 'iOS', '15', 'registration', 'apple_platform'],
		['one that makes synced ones', {}, 'iOS', '16', 'registration', '-'],
		['an iPad of a later version', {}, 'iPadOS', '17', 'registration', '-'],
		['a Mac that hides its version', {}, 'macOS', '', 'registration', 'apple_platform'],
		['a later Mac', {}, 'macOS', '13', 'registration', '-'],
		[
			'the same, as the operator says',
			{ macos: 13 },
			'macOS',
			'13',
			'registration',
			'apple_platform'
		],
		['a sign-in on a later iPhone', {}, 'iOS', '18', 'authentication', 'apple_platform'],
		['the same where none is legacy', { ios: 'none' }, 'iOS', '18', 'authentication', '-'],
		['an Android of today', {}, 'Android', '16', 'registration', 'android_platform'],
		['the same after the last', { android: 13 }, 'Android', '16', 'registration', '-'],
		['Windows 11 where 10 is the last', { windows: 10 }, 'Windows', '11', 'registration', '-'],
		['Windows 10 there', { windows: 10 }, 'Windows', '10', 'registration', 'windows_hello'],
		['another system', { windows: 'none' }, 'Linux', '', 'registration', 'other_platform']
	])('by version: %s', (_, said, system, os_version, ceremonyType, expected) => {
		const context = {
			credential: { credential_ref: 'x'.repeat(43), ...device, ...bound } as CredentialFacts,
			provider: undefined,
			ceremonyType,
			platform: { ...on(system, 'webkit'), os_version }
		};
		const rules = { ...BUILT_IN_RULES, versions: { ...BUILT_IN_RULES.versions, ...said } };
		expect(legacyClass(context, rules) || '-').toBe(expected);
		// Whose it is does not hang on what is legacy.
		expect(credentialEcosystem(context)).toBe(
			system === 'Linux' ? 'unknown' : clientEcosystem(system)
		);
	});

	test('what a server reads of a model, which tells no version, is legacy unless none of its system is', () => {
		const context = {
			credential: { credential_ref: 'x'.repeat(43), ...bound, aaguid: HELLO } as CredentialFacts,
			provider: findBuiltInProvider(HELLO),
			ceremonyType: 'registration' as const,
			platform: on('')
		};
		const under = (windows: LegacyVersion) =>
			legacyClass(context, { ...BUILT_IN_RULES, versions: { ...BUILT_IN_VERSIONS, windows } });
		expect([under(10), under('none')]).toEqual(['windows_hello', '']);
	});

	test('the transports a sign-in allowed tell a security key where the response tells nothing', () => {
		expect(
			credentialEcosystem({
				credential: { credential_ref: 'x'.repeat(43), ...roaming },
				provider: undefined,
				ceremonyType: 'authentication',
				platform: on('Windows'),
				request: { mediation: 'optional', allow_transports: ['usb'] }
			})
		).toBe('security_key');
	});
});
