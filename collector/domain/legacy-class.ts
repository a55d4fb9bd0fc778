import type { LegacyClass, LegacyRules } from '../../settings/legacy-rules.ts';
import type { LegacySystem, LegacyVersions } from '../../settings/legacy-versions.ts';
import type { CredentialContext } from './ecosystems.ts';
import { ZERO_AAGUID } from './providers.ts';

/** Whose systems make credentials of a class, each up to its last legacy version. */
const SYSTEMS_OF: Partial<Record<LegacyClass, LegacySystem[]>> = {
	apple_platform: ['ios', 'ipados', 'macos'],
	android_platform: ['android'],
	windows_hello: ['windows']
};

const CLASS_BY_AAGUID: Record<string, LegacyClass> = {
	'b93fd961-f2e6-462f-b122-82002247de78': 'android_platform',
	'adce0002-35bc-c60a-648b-0b25f1f05503': 'chrome_mac_profile',
	'771b48fd-d3d4-4f74-9232-fc157ab0507a': 'chrome_mac_profile',
	'08987058-cadc-4b81-b6e1-30de50dcbe96': 'windows_hello',
	'9ddd1817-af5a-4672-a2b9-3e3dd95000a9': 'windows_hello',
	'6028b017-b1d4-4c02-b4b3-afcdafc96bb2': 'windows_hello'
};

const CLASS_BY_FORMAT: Record<string, LegacyClass> = {
	'fido-u2f': 'u2f_key',
	'android-safetynet': 'android_platform',
	'android-key': 'android_platform'
};

/**
 * The class of device-bound credential that an upgrade would replace; empty when the credential is in none or nothing
 * tells. What the operator says of a model comes first; then it is BE=0, and of a system's own no version after the last.
 */
export function legacyClass(
	context: CredentialContext,
	{ models, versions }: LegacyRules
): LegacyClass | '' {
	const { credential } = context;
	const ruled = models.get(credential.aaguid ?? '');
	if (ruled !== undefined) return credential.backup_eligible === false ? ruled : '';
	const name = deviceBoundClass(context);
	return name !== '' && isAfterLast(name, context, versions) ? '' : name;
}

/** Which kind of device-bound credential it is, whatever version made it: names only corroborate, BE=0 is the test. */
export function deviceBoundClass(context: CredentialContext): LegacyClass | '' {
	const { credential, provider, attestationFormat = '' } = context;
	const byFormat = CLASS_BY_FORMAT[attestationFormat];
	if (byFormat && credential.backup_eligible !== true) return byFormat;
	if (credential.backup_eligible !== false) return '';
	const byAaguid = CLASS_BY_AAGUID[credential.aaguid ?? ''];
	if (byAaguid) return byAaguid;
	// A provider that is known and not in the table keeps its device-bound passkeys on purpose.
	if (provider && !provider.test) return '';
	if (looksLikeU2f(context)) return 'u2f_key';
	return credential.authenticator_attachment === 'platform' ? classByPlatform(context) : '';
}

/** Whether a system made it that is newer than the last whose credentials are legacy. */
function isAfterLast(
	name: LegacyClass,
	{ platform, ceremonyType }: CredentialContext,
	versions: LegacyVersions
): boolean {
	const systems = SYSTEMS_OF[name] ?? [];
	const system = systems.find((one) => one === platform.os_name.toLowerCase());
	// A server does not tell the system.
	if (system === undefined)
		return systems.length > 0 && systems.every((one) => versions[one] === 'none');
	const last = versions[system];
	if (typeof last === 'string') return last === 'none';
	// A sign-in tells what the system is by now, not what it was when it made the credential.
	return ceremonyType === 'registration' && Number(platform.os_version) > last;
}

/** A U2F key: no AAGUID, verifies nobody, keeps nothing, speaks over USB. Only a registration shows all of it. */
function looksLikeU2f({ credential, ceremonyType }: CredentialContext): boolean {
	return (
		ceremonyType === 'registration' &&
		credential.authenticator_attachment === 'cross-platform' &&
		(credential.aaguid === undefined || credential.aaguid === ZERO_AAGUID) &&
		credential.user_verified === false &&
		credential.discoverable === false &&
		(credential.transports ?? []).includes('usb')
	);
}

function classByPlatform({ ceremonyType, platform }: CredentialContext): LegacyClass | '' {
	switch (platform.os_name) {
		case 'macOS':
			// A sign-in shows no AAGUID, and Chromium on a Mac reaches device-bound credentials of its own profile only.
			return ceremonyType === 'authentication' && platform.engine === 'chromium'
				? 'chrome_mac_profile'
				: 'apple_platform';
		case 'iOS':
		case 'iPadOS':
			return 'apple_platform';
		case 'Android':
			return 'android_platform';
		case 'Windows':
			return 'windows_hello';
		case '':
			return '';
		default:
			return 'other_platform';
	}
}
