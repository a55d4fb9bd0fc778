import sparticuz, { inflate } from '@sparticuz/chromium';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';
import { privacyWatch, watchAuthenticator, watchContext, watchServers } from './privacy-watch.ts';

/**
 * A headless Chromium out of an npm package, with `more` of its switches: nothing needs to be installed on the machine. Close it when done: that is
 * where it says whether anybody sent a collector what must not leave (see privacy-watch.ts).
 */
export async function launchBrowser(more: string[] = []): Promise<Browser> {
	watchServers();
	const browser = await launchUnwatched(more);
	const newContext = browser.newContext.bind(browser);
	browser.newContext = async (options) => {
		const context = await newContext(options);
		await watchContext(context);
		return context;
	};
	const close = browser.close.bind(browser);
	browser.close = async (options) => {
		await close(options);
		privacyWatch.check();
	};
	return browser;
}

/** The same without the watch, which takes time of the page: for measurements. */
export async function launchUnwatched(more: string[] = []): Promise<Browser> {
	const executablePath = await sparticuz.executablePath();
	return chromium.launch({
		executablePath,
		headless: true,
		env: await chromiumEnvironment(),
		args: [
			'--headless',
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			...more
		]
	});
}

/** What Chromium's process needs of its environment on this machine. */
export async function chromiumEnvironment(): Promise<NodeJS.ProcessEnv> {
	return { ...process.env, ...(await bringLibraries(await sparticuz.executablePath())) };
}

/**
 * A bare machine may lack the few system libraries Chromium links to (NSS, expat); the package carries them too,
 * but unpacks them by itself on one cloud's machines only.
 */
async function bringLibraries(executablePath: string): Promise<{ LD_LIBRARY_PATH?: string }> {
	const { stdout } = await promisify(execFile)('ldd', [executablePath]).catch(() => ({
		stdout: ''
	}));
	if (!stdout.includes('not found')) return {};
	const archive = join(packageDirectory(), 'bin', 'al2023.tar.br');
	return { LD_LIBRARY_PATH: join(await inflate(archive), 'lib') };
}

const packageDirectory = () =>
	dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')));

export interface VirtualAuthenticatorOptions {
	protocol: 'u2f' | 'ctap2';
	ctap2Version?: 'ctap2_0' | 'ctap2_1' | 'ctap2_2';
	transport: 'usb' | 'nfc' | 'ble' | 'cable' | 'hybrid' | 'internal';
	hasResidentKey?: boolean;
	hasUserVerification?: boolean;
	isUserVerified?: boolean;
	automaticPresenceSimulation?: boolean;
	defaultBackupEligibility?: boolean;
	defaultBackupState?: boolean;
}

export interface VirtualAuthenticator {
	id: string;
	/** The DevTools session it lives in, for further commands of the WebAuthn domain. */
	session: CDPSession;
	/** Sends a command of the WebAuthn domain about this authenticator, such as `setUserVerified`. */
	command(name: string, options?: object): Promise<unknown>;
	remove(): Promise<void>;
}

/** A synced passkey provider on the device itself: discoverable, verified, BE=1 and BS=1. */
export const SYNCED_PLATFORM: VirtualAuthenticatorOptions = {
	protocol: 'ctap2',
	ctap2Version: 'ctap2_1',
	transport: 'internal',
	hasResidentKey: true,
	hasUserVerification: true,
	isUserVerified: true,
	automaticPresenceSimulation: true,
	defaultBackupEligibility: true,
	defaultBackupState: true
};

/** A security key: device-bound. */
export const SECURITY_KEY: VirtualAuthenticatorOptions = {
	...SYNCED_PLATFORM,
	transport: 'usb',
	defaultBackupEligibility: false,
	defaultBackupState: false
};

/** Plugs a virtual authenticator into the page. It is gone with the page. */
export async function addVirtualAuthenticator(
	page: Page,
	options: VirtualAuthenticatorOptions = SYNCED_PLATFORM
): Promise<VirtualAuthenticator> {
	const session = await page.context().newCDPSession(page);
	watchAuthenticator(session);
	await session.send('WebAuthn.enable');
	const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
		options: options as never
	});
	const command = (name: string, more: object = {}) =>
		session.send(`WebAuthn.${name}` as never, { authenticatorId, ...more } as never);
	return {
		id: authenticatorId,
		session,
		command,
		remove: async () => void (await command('removeVirtualAuthenticator'))
	};
}
