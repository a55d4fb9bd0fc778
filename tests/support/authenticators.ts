import type { CDPSession, Page } from 'playwright-core';
import {
	addVirtualAuthenticator,
	SECURITY_KEY,
	SYNCED_PLATFORM,
	type VirtualAuthenticator,
	type VirtualAuthenticatorOptions
} from './browser.ts';

/** The kinds of authenticator that differ in what a relying party sees. */
const AUTHENTICATORS = {
	/** A passkey provider on the device: BE=1, BS=1. */
	synced: SYNCED_PLATFORM,
	/** The same before its first backup: BE=1, BS=0. */
	syncable: { ...SYNCED_PLATFORM, defaultBackupState: false },
	/** What the system itself kept before passkeys: BE=0 on the platform. */
	devicePlatform: {
		...SYNCED_PLATFORM,
		defaultBackupEligibility: false,
		defaultBackupState: false
	},
	securityKey: SECURITY_KEY,
	/** A phone beside the computer. */
	phone: { ...SYNCED_PLATFORM, transport: 'hybrid' },
	/** BS without BE, which WebAuthn forbids and Chromium passes on. */
	illegal: { ...SYNCED_PLATFORM, defaultBackupEligibility: false }
} as const satisfies Record<string, VirtualAuthenticatorOptions>;

export type AuthenticatorKind = keyof typeof AUTHENTICATORS;

/** A virtual authenticator with the commands the tests need, by their effect. */
export interface TestAuthenticator {
	/** Whether a waiting request is touched at once. Off: an autofill request waits, as it does for a person. */
	touchAutomatically(enabled: boolean): Promise<void>;
	verifyUser(verified: boolean): Promise<void>;
	breakSignatures(broken: boolean): Promise<void>;
	/** What the next backup makes of every credential it holds. */
	setBackupState(backupState: boolean): Promise<void>;
	/** Both flags of every credential it holds, against all rules: eligibility never changes. */
	setBackupFlags(flags: { eligible: boolean; state: boolean }): Promise<void>;
	credentialIds(): Promise<string[]>;
	/** Every secret it holds, as bytes: what must never leave the page. */
	secrets(): Promise<{ credentialId: Buffer; privateKey: Buffer; userHandle: Buffer }[]>;
	remove(): Promise<void>;
	/**
	 * The same device after a system update: a new kind of authenticator that still holds the old credentials.
	 * (The protocol sets backup eligibility of new credentials only when an authenticator is made.)
	 */
	replaceBy(kind: AuthenticatorKind): Promise<TestAuthenticator>;
}

interface HeldCredential {
	/** base64, as everything binary here. */
	credentialId: string;
	privateKey: string;
	userHandle?: string;
}

/** Plugs an authenticator in. Do it before the page loads: what the browser can do is asked once, at the start. */
export async function plugIn(page: Page, kind: AuthenticatorKind): Promise<TestAuthenticator> {
	return control(page, await addVirtualAuthenticator(page, AUTHENTICATORS[kind]));
}

function control(page: Page, plugged: VirtualAuthenticator): TestAuthenticator {
	const held = async () =>
		((await plugged.command('getCredentials')) as { credentials: HeldCredential[] }).credentials;
	return {
		touchAutomatically: (enabled) => send(plugged, 'setAutomaticPresenceSimulation', { enabled }),
		verifyUser: (isUserVerified) => send(plugged, 'setUserVerified', { isUserVerified }),
		breakSignatures: (isBogusSignature) =>
			send(plugged, 'setResponseOverrideBits', { isBogusSignature }),
		async setBackupState(backupState) {
			for (const { credentialId } of await held())
				await send(plugged, 'setCredentialProperties', { credentialId, backupState });
		},
		async setBackupFlags({ eligible: backupEligibility, state: backupState }) {
			for (const { credentialId } of await held())
				await send(plugged, 'setCredentialProperties', {
					...{ credentialId, backupEligibility, backupState }
				});
		},
		credentialIds: async () =>
			(await held()).map(({ credentialId }) =>
				Buffer.from(credentialId, 'base64').toString('base64url')
			),
		secrets: async () =>
			(await held()).map(({ credentialId, privateKey, userHandle = '' }) => ({
				credentialId: Buffer.from(credentialId, 'base64'),
				privateKey: Buffer.from(privateKey, 'base64'),
				userHandle: Buffer.from(userHandle, 'base64')
			})),
		remove: () => plugged.remove(),
		async replaceBy(newKind) {
			const credentials = await held();
			await plugged.remove();
			const successor = await addVirtualAuthenticator(page, AUTHENTICATORS[newKind]);
			for (const credential of credentials)
				await successor.command('addCredential', { credential });
			return control(page, successor);
		}
	};
}

async function send(plugged: VirtualAuthenticator, name: string, more: object): Promise<void> {
	await plugged.command(name, more);
}

/** Makes the page believe that it runs in Chrome on a Mac: header, navigator and client hints alike. */
export async function pretendMac(page: Page): Promise<CDPSession> {
	const session = await page.context().newCDPSession(page);
	await session.send('Emulation.setUserAgentOverride', {
		userAgent:
			'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36',
		platform: 'MacIntel',
		userAgentMetadata: {
			brands: [
				{ brand: 'Chromium', version: '153' },
				{ brand: 'Google Chrome', version: '153' }
			],
			fullVersionList: [
				{ brand: 'Chromium', version: '153.0.0.0' },
				{ brand: 'Google Chrome', version: '153.0.0.0' }
			],
			platform: 'macOS',
			platformVersion: '15.6.0',
			architecture: 'arm',
			model: '',
			mobile: false,
			bitness: '64',
			wow64: false
		}
	});
	return session;
}
