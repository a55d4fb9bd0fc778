/**
 * Every browser test is a test of privacy too. The watch keeps every byte that pages and relying parties send to a collector or
 * a tracing backend, and every secret of the ceremonies meanwhile; where one is found in the other, the test file fails, in
 * Chromium and in Firefox (`browser.close`, `firefox.close`, `passlens.end`).
 */
import { createPublicKey } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { BrowserContext, CDPSession } from 'playwright-core';
import type { Page as FirefoxPage } from 'puppeteer-core';
import {
	findSecrets,
	publicKeySecrets,
	secretsOfPrivateKey,
	type Place,
	type Secret
} from './secrets.ts';
import { tapTelemetry } from './telemetry-tap.ts';

/** Shorter ones (three bytes of a made-up id) are found in any text. */
const SHORTEST = 6;
const BINDING = 'keepSecretOfTest';

/** Of this test file: secrets known so far, and what was sent. */
export const privacyWatch = {
	secrets: [] as Secret[],
	sent: [] as Place[],
	/** Written by servers in processes of their own. */
	files: [] as string[],

	keep(name: string, bytes: Buffer): void {
		const known = this.secrets.some((secret) => secret.bytes.equals(bytes));
		if (bytes.length >= SHORTEST && !known) this.secrets.push({ name, bytes });
	},

	/** Takes one request. */
	record(content: Buffer): void {
		this.sent.push({ name: `request ${this.sent.length + 1}`, content });
	},

	/**
	 * What a server in a process of its own is to be started with, so that what it gets is watched too. `ended` is to be called
	 * when it has ended; it throws where something was sent that must not be.
	 */
	preload(): { args: string[]; env: { TELEMETRY_TAP: string }; ended(): void } {
		const file = join(mkdtempSync(join(tmpdir(), 'passlens-tap-')), 'requests');
		this.files.push(file);
		const script = new URL('./tap-to-file.ts', import.meta.url).href;
		return {
			args: ['--import', script],
			env: { TELEMETRY_TAP: file },
			ended: () => {
				this.sent.push(...readTap(file));
				this.files = this.files.filter((other) => other !== file);
				rmSync(dirname(file), { recursive: true, force: true });
				this.check();
			}
		};
	},

	/** Everything sent until now, to servers of this process and of others. */
	requests(): Place[] {
		return [...this.sent, ...this.files.flatMap(readTap)];
	},

	findings(): string[] {
		return findSecrets(this.requests(), this.secrets);
	},

	/** Throws where anything was sent that must not be. */
	check(): void {
		const findings = this.findings();
		if (findings.length) throw new Error(`What must not leave was sent:\n${findings.join('\n')}`);
	}
};

function readTap(file: string): Place[] {
	if (!existsSync(file)) return [];
	const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
	return lines.map((line, index) => ({
		name: `request ${index + 1} to a server of its own process`,
		content: Buffer.from(line, 'base64')
	}));
}

let tapped = false;

/** From now on, what the servers of this process get is watched. */
export function watchServers(): void {
	if (tapped) return;
	tapped = true;
	tapTelemetry((request) => privacyWatch.record(request));
}

/** Keeps what the context's pages send, arrived or not, and the secrets of each response that anybody looks at. */
export async function watchContext(context: BrowserContext): Promise<void> {
	context.on('request', (request) => {
		if (request.method() === 'POST' && new URL(request.url()).pathname === '/v1/events')
			privacyWatch.record(
				Buffer.concat([Buffer.from(request.url()), request.postDataBuffer() ?? Buffer.of()])
			);
	});
	await context.exposeBinding(BINDING, (_source, name: string, base64: string) =>
		keepFromPage(name, base64)
	);
	await context.addInitScript({ content: IN_PAGE });
}

/** The same for a page of Firefox; what it sends is seen where it arrives. */
export async function watchFirefoxPage(page: FirefoxPage): Promise<void> {
	await page.exposeFunction(BINDING, keepFromPage);
	await page.evaluateOnNewDocument(IN_PAGE);
}

function keepFromPage(name: string, base64: string): void {
	const bytes = Buffer.from(base64, 'base64');
	privacyWatch.keep(name, bytes);
	if (name === 'client data')
		privacyWatch.keep(
			'challenge',
			Buffer.from(JSON.parse(bytes.toString()).challenge, 'base64url')
		);
	if (name === 'public key') keepPublicKey(bytes);
}

function keepPublicKey(spki: Buffer): void {
	const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
	for (const { name, bytes } of publicKeySecrets(key)) privacyWatch.keep(name, bytes);
}

/** Keeps what an authenticator holds, as soon as it holds it. */
export function watchAuthenticator(session: CDPSession): void {
	session.on('WebAuthn.credentialAdded', ({ credential }) => {
		const { credentialId, privateKey, userHandle, userName, userDisplayName } = credential;
		privacyWatch.keep('credential id', Buffer.from(credentialId, 'base64'));
		privacyWatch.keep('user handle', Buffer.from(userHandle ?? '', 'base64'));
		privacyWatch.keep('user name', Buffer.from(userName ?? ''));
		privacyWatch.keep('user name', Buffer.from(userDisplayName ?? ''));
		for (const { name, bytes } of secretsOfPrivateKey(Buffer.from(privateKey, 'base64')))
			privacyWatch.keep(name, bytes);
	});
}

/** Before anything else in each page: whoever reads a response makes its secrets known to the watch. */
const IN_PAGE = `(() => {
	const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
	const parts = {
		signature: 'signature', clientDataJSON: 'client data', attestationObject: 'attestation object',
		userHandle: 'user handle', getPublicKey: 'public key'
	};
	window.keepSecret = (name, bytes) => {
		try { Promise.resolve(window.${BINDING}(name, base64(bytes))).catch(() => undefined); } catch {}
	};
	if (!window.PublicKeyCredential) return;
	const { get, ...property } = Object.getOwnPropertyDescriptor(PublicKeyCredential.prototype, 'response');
	const idOf = Object.getOwnPropertyDescriptor(PublicKeyCredential.prototype, 'rawId').get;
	Object.defineProperty(PublicKeyCredential.prototype, 'response', { ...property, get() {
		const response = get.call(this);
		window.keepSecret('credential id', idOf.call(this));
		for (const [field, name] of Object.entries(parts)) {
			try {
				const value = field === 'getPublicKey' ? response[field]?.() : response[field];
				if (value) window.keepSecret(name, value);
			} catch {}
		}
		return response;
	} });
})()`;
