import type { CredentialEcosystem } from './ecosystems.ts';

export interface Provider {
	name: string;
	/** Undefined: told by the transports of each credential. */
	ecosystem?: CredentialEcosystem | undefined;
	/** A browser's virtual authenticator: test traffic, its provider is unknown. */
	test?: true;
}

export const ZERO_AAGUID = '00000000-0000-0000-0000-000000000000';

/**
 * The providers Passlens names by itself. Ids and names are facts; the table was written here because the public lists
 * have no licence that allows shipping them. An AAGUID without attestation is a claim.
 */
export const PROVIDERS: Readonly<Record<string, Provider>> = {
	'fbfc3007-154e-4ecc-8c0b-6e020557d7bd': { name: 'Apple Passwords', ecosystem: 'apple' },
	'dd4ec289-e01d-41c9-bb89-70fa845d4bf2': {
		name: 'iCloud Keychain (managed)',
		ecosystem: 'apple'
	},
	'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4': {
		name: 'Google Password Manager',
		ecosystem: 'google'
	},
	'adce0002-35bc-c60a-648b-0b25f1f05503': { name: 'Chrome on Mac', ecosystem: 'google' },
	'b5397666-4885-aa6b-cebf-e52262a439a2': { name: 'Chromium browser', ecosystem: 'google' },
	'b93fd961-f2e6-462f-b122-82002247de78': { name: 'Android authenticator', ecosystem: 'google' },
	'771b48fd-d3d4-4f74-9232-fc157ab0507a': { name: 'Edge on Mac', ecosystem: 'microsoft' },
	'08987058-cadc-4b81-b6e1-30de50dcbe96': {
		name: 'Windows Hello (hardware)',
		ecosystem: 'microsoft'
	},
	'9ddd1817-af5a-4672-a2b9-3e3dd95000a9': { name: 'Windows Hello (VBS)', ecosystem: 'microsoft' },
	'6028b017-b1d4-4c02-b4b3-afcdafc96bb2': {
		name: 'Windows Hello (software)',
		ecosystem: 'microsoft'
	},
	'd3452668-01fd-4c12-926c-83a4204853aa': {
		name: 'Microsoft Password Manager',
		ecosystem: 'microsoft'
	},
	'bada5566-a7aa-401f-bd96-45619a55120d': { name: '1Password', ecosystem: 'third_party' },
	'531126d6-e717-415c-9320-3d9aa6981239': { name: 'Dashlane', ecosystem: 'third_party' },
	'd548826e-79b4-db40-a3d8-11116f7e8349': { name: 'Bitwarden', ecosystem: 'third_party' },
	'53414d53-554e-4700-0000-000000000000': { name: 'Samsung Pass', ecosystem: 'third_party' },
	'50726f74-6f6e-5061-7373-50726f746f6e': { name: 'Proton Pass', ecosystem: 'third_party' },
	'0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6': { name: 'Keeper', ecosystem: 'third_party' },
	'fdb141b2-5d84-443e-8a35-4698c205a502': { name: 'KeePassXC', ecosystem: 'third_party' },
	'b84e4048-15dc-4dd0-8640-f4f60813c8af': { name: 'NordPass', ecosystem: 'third_party' },
	'b78a0a55-6ef8-d246-a042-ba0f6d55050c': { name: 'LastPass', ecosystem: 'third_party' },
	'66a0ccb3-bd6a-191f-ee06-e375c50b9846': { name: 'Thales Bio iOS SDK', ecosystem: 'third_party' },
	'01020304-0506-0708-0102-030405060708': {
		name: 'Chromium virtual authenticator',
		ecosystem: 'unknown',
		test: true
	},
	'68e100a5-0b47-9104-b854-97a9ba510638': {
		name: 'Firefox virtual authenticator',
		ecosystem: 'unknown',
		test: true
	}
};

/** The provider an AAGUID claims; undefined for one not in the table, and for zero, which means unknown. */
export function findBuiltInProvider(aaguid: string | undefined): Provider | undefined {
	return aaguid !== undefined && Object.hasOwn(PROVIDERS, aaguid) ? PROVIDERS[aaguid] : undefined;
}
