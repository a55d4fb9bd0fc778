/**
 * Every browser test is a test of privacy too. A browser the tests start keeps every byte its pages send to a collector, and
 * every secret its authenticators and ceremonies have; when it is closed, one found in the other fails the test file.
 */
import type { BrowserContext, CDPSession } from 'playwright-core';
import { findSecrets, publicKeySecrets, type Place, type Secret } from './secrets.ts';

/** Shorter ones (three bytes of a made-up id) are found in any text. */
const SHORTEST = 6;
const BINDING = 'keepSecretOfTest';

/** Of this test file: secrets known so far, and what was sent. */
export const privacyWatch = {
	secrets: [] as Secret[],
	sent: [] as Place[],

	keep(name: string, bytes: Buffer): void {
		const known = this.secrets.some((secret) => secret.bytes.equals(bytes));
		if (bytes.length >= SHORTEST && !known) this.secrets.push({ name, bytes });
	},

	/** Takes one request to a collector: address and body. */
	record(url: string, body: Buffer | string | null): void {
		const content = Buffer.concat([Buffer.from(`${url}\n`), Buffer.from(body ?? '')]);
		this.sent.push({ name: `request ${this.sent.length + 1}`, content });
	},

	findings(): string[] {
		return findSecrets(this.sent, this.secrets);
	}
};

/** Keeps what the context's pages send, and the secrets of each response that anybody looks at. */
export async function watchContext(context: BrowserContext): Promise<void> {
	context.on('request', (request) => {
		if (request.method() === 'POST' && new URL(request.url()).pathname === '/v1/events')
			privacyWatch.record(request.url(), request.postDataBuffer());
	});
	await context.exposeBinding(BINDING, (_source, name: string, base64: string) => {
		const bytes = Buffer.from(base64, 'base64');
		privacyWatch.keep(name, bytes);
		if (name !== 'client data') return;
		const { challenge } = JSON.parse(bytes.toString());
		privacyWatch.keep('challenge', Buffer.from(challenge, 'base64url'));
	});
	await context.addInitScript({ content: IN_PAGE });
}

/** Keeps what an authenticator holds, as soon as it holds it. */
export function watchAuthenticator(session: CDPSession): void {
	session.on('WebAuthn.credentialAdded', ({ credential }) => {
		const { credentialId, privateKey, userHandle, userName, userDisplayName } = credential;
		privacyWatch.keep('credential id', Buffer.from(credentialId, 'base64'));
		privacyWatch.keep('private key', Buffer.from(privateKey, 'base64'));
		privacyWatch.keep('user handle', Buffer.from(userHandle ?? '', 'base64'));
		privacyWatch.keep('user name', Buffer.from(userName ?? ''));
		privacyWatch.keep('user name', Buffer.from(userDisplayName ?? ''));
		for (const { name, bytes } of publicKeySecrets(Buffer.from(privateKey, 'base64')))
			privacyWatch.keep(name, bytes);
	});
}

/** Before anything else in each page: whoever reads a response makes its secrets known to the watch. */
const IN_PAGE = `(() => {
	const keep = window.${BINDING};
	const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
	const parts = {
		signature: 'signature', clientDataJSON: 'client data', attestationObject: 'attestation object',
		userHandle: 'user handle', getPublicKey: 'public key'
	};
	window.keepSecret = (name, bytes) => { try { keep(name, base64(bytes)).catch(() => undefined); } catch {} };
	if (!window.PublicKeyCredential) return;
	const { get, ...property } = Object.getOwnPropertyDescriptor(PublicKeyCredential.prototype, 'response');
	Object.defineProperty(PublicKeyCredential.prototype, 'response', { ...property, get() {
		const response = get.call(this);
		for (const [field, name] of Object.entries(parts)) {
			try {
				const value = field === 'getPublicKey' ? response[field]?.() : response[field];
				if (value) window.keepSecret(name, value);
			} catch {}
		}
		return response;
	} });
})()`;
