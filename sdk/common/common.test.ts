import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { encodeCbor } from '../server/testing/encode-cbor.ts';
import { fromBase64url, toBase64url } from './base64url.ts';
import { findAuthenticatorData } from './find-authenticator-data.ts';
import { parseAuthenticatorData } from './parse-authenticator-data.ts';
import { credentialReference, userReference } from './references.ts';
import { sha256 } from './sha256.ts';
import { slug } from './slug.ts';
import { uuidV7 } from './uuid-v7.ts';
import { VERSION } from './version.ts';

test('the version sent is the version published', () => {
	const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
	expect(VERSION).toBe(manifest.version);
});

test.each([
	['web', 'web'],
	['React Native', 'react-native'],
	['--Staging (EU)', 'staging--eu-'],
	['x'.repeat(99), 'x'.repeat(64)],
	['–', undefined]
])('slug of %s', (text, expected) => {
	expect(slug(text)).toBe(expected);
});

test('uuidV7 makes UUIDv7s that sort by time and never repeat', () => {
	const ids = Array.from({ length: 1000 }, () => uuidV7());
	for (const id of ids) expect(() => z.uuidv7().parse(id)).not.toThrow();
	expect(new Set(ids).size).toBe(1000);
	const time = parseInt(ids[0]!.replaceAll('-', '').slice(0, 12), 16);
	expect(Math.abs(time - Date.now())).toBeLessThan(60_000);
});

test('sha256 agrees with the platform at every length around a block', () => {
	for (let length = 0; length < 200; length++) {
		const message = randomBytes(length);
		const expected = createHash('sha256').update(message).digest('hex');
		expect(Buffer.from(sha256(message)).toString('hex')).toBe(expected);
	}
});

test('base64url survives the round trip and takes plain base64 too', () => {
	for (let length = 0; length < 70; length++) {
		const bytes = randomBytes(length);
		expect(toBase64url(bytes)).toBe(bytes.toString('base64url'));
		expect(Buffer.from(fromBase64url(bytes.toString('base64url')))).toEqual(bytes);
		expect(Buffer.from(fromBase64url(bytes.toString('base64')))).toEqual(bytes);
	}
});

test('references are the hashes the contract names', () => {
	const hash = (...parts: (string | Buffer)[]) =>
		parts.reduce((sum, part) => sum.update(part), createHash('sha256')).digest('base64url');
	expect(userReference('Zoë')).toBe(hash('passlens:user:Zoë'));
	const id = randomBytes(64);
	expect(credentialReference(id)).toBe(hash('passlens:credential:', id));
});

/** rpIdHash, the flags given, signCount, and attested credential data when `aaguid` is there. */
const authData = (flags: number, { signCount = 0, aaguid = '' } = {}) => {
	const data = Buffer.alloc(aaguid ? 55 : 37);
	data[32] = flags;
	data.writeUInt32BE(signCount, 33);
	Buffer.from(aaguid.replaceAll('-', ''), 'hex').copy(data, 37);
	return data;
};

describe('parseAuthenticatorData', () => {
	test.each([
		['nothing', 0x00, [false, false, false, false]],
		['UP', 0x01, [true, false, false, false]],
		['UP UV', 0x05, [true, true, false, false]],
		['UP BE', 0x09, [true, false, true, false]],
		['UP UV BE', 0x0d, [true, true, true, false]],
		['UP UV BE BS', 0x1d, [true, true, true, true]],
		['UP and the forbidden BS without BE', 0x11, [true, false, false, true]],
		['a conditional create, BE BS without UP', 0x18, [false, false, true, true]]
	])('reads %s', (_title, flags, [up, uv, be, bs]) => {
		expect(parseAuthenticatorData(authData(flags))).toEqual({
			user_present: up,
			user_verified: uv,
			backup_eligible: be,
			backup_state: bs,
			sign_count_zero: true
		});
	});

	test('reads the counter and the AAGUID', () => {
		const aaguid = 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4';
		expect(parseAuthenticatorData(authData(0x5d, { signCount: 256, aaguid }))).toMatchObject({
			sign_count_zero: false,
			aaguid
		});
	});

	test.each([0, 32, 33, 36])('makes nothing of %i bytes', (length) => {
		expect(parseAuthenticatorData(new Uint8Array(length))).toBeUndefined();
	});

	test('makes no AAGUID of data that ends before it', () => {
		expect(parseAuthenticatorData(authData(0x41))).not.toHaveProperty('aaguid');
	});
});

describe('findAuthenticatorData', () => {
	const data = authData(0x5d, { aaguid: '01020304-0506-0708-0102-030405060708' });
	const statement = new Map<string, never>([
		['alg', -7],
		['sig', randomBytes(70)],
		['x5c', [randomBytes(300), randomBytes(70_000)]]
	] as never);

	test.each([
		['none', ['fmt', 'attStmt', 'authData'], new Map()],
		['packed with certificates', ['fmt', 'attStmt', 'authData'], statement],
		['keys in another order', ['authData', 'attStmt', 'fmt'], statement]
	])('finds it: %s', (_title, keys, attStmt) => {
		const values = { fmt: 'packed', attStmt, authData: data };
		const object = new Map(keys.map((key) => [key, values[key as keyof typeof values]]));
		const found = findAuthenticatorData(encodeCbor(object as never));
		expect(Buffer.from(found.subarray(0, data.length))).toEqual(data);
	});

	test.each([
		['nothing', Buffer.alloc(0)],
		['text', Buffer.from('hello world')],
		['a map that ends early', Buffer.from('a363666d74', 'hex')],
		['an indefinite map', Buffer.from('bf63666d74646e6f6e65ff', 'hex')],
		['a map without it', encodeCbor(new Map([['fmt', 'none']]))]
	])('finds none in %s', (_title, bytes) => {
		expect(findAuthenticatorData(bytes)).toHaveLength(0);
	});
});
