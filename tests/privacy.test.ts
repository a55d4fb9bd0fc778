import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDatabase } from '../migrations/connect.ts';
import { addVirtualAuthenticator, launchBrowser } from './support/browser.ts';
import { startPasslens, type Passlens } from './support/passlens.ts';
import { visitPlayground } from './support/playground.ts';
import { privacyWatch } from './support/privacy-watch.ts';
import { openSdkPage } from './support/sdk-page.ts';
import { findSecrets, formsOf, type Place, type Secret } from './support/secrets.ts';
import { until } from './support/until.ts';

let passlens: Passlens;
let browser: Browser;
const secrets: Secret[] = [];
const sent: Place[] = [];
/** One-way references as the page sent them: they are hashed again before anything is written. */
const references = new Set<string>();
const onDisk: Place[] = [];

beforeAll(async () => {
	passlens = await startPasslens();
	browser = await launchBrowser();
	await useThePlayground();
	onDisk.push(...(await readFiles(passlens.dataDir)));
	await passlens.end('SIGTERM');
	onDisk.push(...(await readFiles(passlens.dataDir)));
	onDisk.push(...(await dumpTables(passlens.dataDir)));
});
afterAll(async () => {
	await browser?.close();
	if (passlens) await rm(passlens.dataDir, { recursive: true, force: true });
});

describe('of a playground session', () => {
	it('the browser sends the collector no id, key, signature, challenge, handle or name', () => {
		expect(typesIn(sent.map(({ content }) => content.toString()))).toEqual(
			expect.arrayContaining(EVENT_TYPES)
		);
		expect(findings(sent)).toEqual([]);
	});

	it('nothing of it is in any file but the relying party’s own', () => {
		expect(onDisk.some(({ name }) => name.includes('clickhouse'))).toBe(true);
		expect(onDisk.some(({ name }) => name === 'table events_raw_v1')).toBe(true);
		expect(findings(onDisk)).toEqual([]);
	});

	it('not even the one-way references are written: they are keyed and hashed again', () => {
		// The user's and the credential's.
		expect(references.size).toBe(2);
		const found = [...references].flatMap((reference) =>
			findings(onDisk, [{ name: reference, bytes: Buffer.from(reference, 'base64url') }])
		);
		expect(found).toEqual([]);
	});

	it('the search would have found each of them', () => {
		const forms = secrets.flatMap(({ name, bytes }) =>
			formsOf(bytes).map((form) => ({ name, content: Buffer.concat([Buffer.from('{"'), form]) }))
		);
		expect(new Set(findings(forms).map((line) => line.split(' in ')[0]))).toEqual(
			new Set(secrets.map(({ name }) => name))
		);
		expect(secrets.map(({ name }) => name)).toEqual(
			expect.arrayContaining([
				'attestation object',
				'challenge',
				'client data',
				'credential id',
				'password',
				'private key',
				'public key',
				'signature',
				'user handle',
				'user name'
			])
		);
	});
});

describe('the watch over every browser test', () => {
	it('sees what pages and relying parties send, whichever process takes it', () => {
		expect(typesIn(privacyWatch.requests().map(({ content }) => content.toString()))).toEqual(
			expect.arrayContaining([...EVENT_TYPES, 'ceremony.verdict'])
		);
	});

	it('would have found whatever a page of any of them sends', async () => {
		const { page, site } = await openSdkPage(browser);
		await addVirtualAuthenticator(page);
		await page.goto(site.origin);
		await page.evaluate(async () => {
			await window.load();
			await navigator.credentials.create({ publicKey: window.creation() });
			await navigator.credentials.get({ publicKey: window.request() });
			await window.sdk.flush();
		});
		await site.close();
		const kept = privacyWatch.secrets.map(({ name }) => name);
		expect(new Set(kept)).toEqual(
			new Set([
				...['attestation object', 'challenge', 'client data', 'credential id', 'private key'],
				...['public key', 'signature', 'user handle', 'user name']
			])
		);
		expect(privacyWatch.findings()).toEqual([]);
		const clean = privacyWatch.sent.length;
		expect(clean).toBeGreaterThan(0);
		for (const { bytes } of privacyWatch.secrets)
			for (const form of formsOf(bytes)) privacyWatch.record(form);
		const found = privacyWatch.findings();
		privacyWatch.sent.length = clean;
		expect(new Set(found.map((line) => line.split(' in ')[0]))).toEqual(new Set(kept));
	});
});

/** Registers, signs in, is refused, adds a password user: what a visitor may do, with every secret of it kept for the search. */
async function useThePlayground(): Promise<void> {
	const visitor = await visitPlayground({ browser, passlens, authenticator: 'synced' });
	const exchanges: Promise<void>[] = [];
	visitor.page.on('response', (response) => {
		if (!response.url().includes('/playground/api/')) return;
		keepSecrets(response.request().postDataJSON());
		exchanges.push(response.json().then(keepSecrets));
	});
	keep('user name', Buffer.from(visitor.name));
	keep('password', Buffer.from(visitor.password));
	await visitor.fillIn({ name: visitor.name, password: visitor.password });
	await visitor.press('sign-up');
	await visitor.authenticator.touchAutomatically(true);
	await visitor.press('offer-accept');
	for (const { credentialId, privateKey, userHandle } of await visitor.authenticator.secrets()) {
		keep('credential id', credentialId);
		keep('private key', privateKey);
		keep('user handle', userHandle);
	}
	await visitor.authenticator.touchAutomatically(false);
	await visitor.press('sign-out');
	await visitor.waitForAutofill();
	await visitor.fillIn({ name: visitor.name });
	await visitor.authenticator.touchAutomatically(true);
	await visitor.press('sign-in-passkey');
	await visitor.authenticator.breakSignatures(true);
	await visitor.press('remove-passkey');
	const ceremony = await visitor.newestCeremony('asked');
	await until(async () => {
		const response = await fetch(`${passlens.url}/ceremonies/${ceremony}?project=playground`);
		expect(await response.text()).toContain('The server verified the response');
	});
	await until(() => {
		const bodies = visitor.sent.map((request) => request.postData() ?? '');
		expect(typesIn(bodies)).toEqual(expect.arrayContaining(EVENT_TYPES));
		return Promise.resolve();
	});
	await Promise.all(exchanges);
	await visitor.leave();
	for (const request of visitor.sent) {
		const content = Buffer.from(`${request.url()}\n${request.postData() ?? ''}`);
		sent.push({ name: `request ${sent.length + 1}`, content });
		for (const [, reference] of content.toString().matchAll(/_ref":"([\w-]{43})"/g))
			references.add(reference!);
	}
}

/** What this session must have made the page send. */
const EVENT_TYPES = [
	'ceremony.finished',
	'ceremony.started',
	'client.capabilities',
	'credential.signalled',
	'prompt.accepted',
	'prompt.shown',
	'signin.finished'
];

function typesIn(bodies: string[]): string[] {
	const types = bodies.flatMap((body) => [...body.matchAll(/"type":"([\w.]+)"/g)]);
	return [...new Set(types.map(([, type]) => type!))];
}

const SECRET_FIELDS: Record<string, string> = {
	challenge: 'challenge',
	clientDataJSON: 'client data',
	attestationObject: 'attestation object',
	publicKey: 'public key',
	signature: 'signature',
	userHandle: 'user handle'
};

/** Takes every secret out of what travels between page and relying party. */
function keepSecrets(value: unknown): void {
	if (typeof value !== 'object' || value === null) return;
	for (const [field, inner] of Object.entries(value)) {
		const name = SECRET_FIELDS[field];
		if (name && typeof inner === 'string') keep(name, Buffer.from(inner, 'base64url'));
		else keepSecrets(inner);
	}
}

function keep(name: string, bytes: Buffer): void {
	const known = secrets.some((secret) => secret.bytes.equals(bytes));
	if (bytes.length > 0 && !known) secrets.push({ name, bytes });
}

/** What is where it must not be, of this session's secrets or of others. */
const findings = (places: Place[], sought: Secret[] = secrets) => findSecrets(places, sought);

/** Every file of a data directory but those the relying party keeps its accounts in. */
async function readFiles(directory: string): Promise<Place[]> {
	const entries = await readdir(directory, { recursive: true, withFileTypes: true });
	const files = entries.filter(
		(entry) => entry.isFile() && !entry.name.startsWith('playground.sqlite')
	);
	const read = files.map(async (file) => {
		const path = join(file.parentPath, file.name);
		// The database merges while it is read: a part may be gone by now, and is in its successor.
		const content = await readFile(path).catch(() => Buffer.alloc(0));
		return { name: path.slice(directory.length + 1), content };
	});
	return Promise.all(read);
}

/** What is stored is compressed, so the tables are read as text, too. */
async function dumpTables(dataDir: string): Promise<Place[]> {
	const client = await connectDatabase({ dataDir });
	try {
		const query = `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine NOT LIKE '%View'`;
		const tables = await (await client.query({ query, format: 'JSON' })).json<{ name: string }>();
		const dumps: Place[] = [];
		for (const { name } of tables.data) {
			const dump = await client.query({
				query: `SELECT * FROM ${name}`,
				format: 'JSONEachRow'
			});
			dumps.push({ name: `table ${name}`, content: Buffer.from(await dump.text()) });
		}
		return dumps;
	} finally {
		await client.close();
	}
}
