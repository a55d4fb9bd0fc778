import 'reflect-metadata';
import {
	BasicConstraintsExtension,
	X509CertificateGenerator,
	type X509Certificate
} from '@peculiar/x509';
import { randomBytes } from 'node:crypto';

const ALGORITHM = {
	name: 'RSASSA-PKCS1-v1_5',
	hash: 'SHA-256',
	publicExponent: new Uint8Array([1, 0, 1]),
	modulusLength: 2048
};
const DAY_MS = 86_400_000;

export interface MdsAuthority {
	/** PEM of the root. */
	root: string;
	/** The blob of these entries, signed under the root by a certificate made for it. */
	sign(payload: { no: number; nextUpdate: string; entries: unknown[] }): Promise<string>;
}

/** A certificate authority for metadata blobs, made for one test run. */
export async function createMdsAuthority(): Promise<MdsAuthority> {
	const rootKeys = await newKeys();
	const root = await X509CertificateGenerator.createSelfSigned({
		...{ name: 'CN=Test root', keys: rootKeys, signingAlgorithm: ALGORITHM },
		...validity(),
		extensions: [new BasicConstraintsExtension(true, 1, true)]
	});
	return {
		root: root.toString('pem'),
		async sign(payload) {
			const keys = await newKeys();
			const leaf = await X509CertificateGenerator.create({
				...{ subject: 'CN=Test MDS', issuer: root.subject, publicKey: keys.publicKey },
				...{ signingKey: rootKeys.privateKey, signingAlgorithm: ALGORITHM },
				...validity()
			});
			return signJwt({ keys, leaf, payload });
		}
	};
}

function validity() {
	return {
		serialNumber: randomBytes(8).toString('hex'),
		notBefore: new Date(Date.now() - DAY_MS),
		notAfter: new Date(Date.now() + DAY_MS)
	};
}

function newKeys(): Promise<CryptoKeyPair> {
	return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function signJwt({
	keys,
	leaf,
	payload
}: {
	keys: CryptoKeyPair;
	leaf: X509Certificate;
	payload: object;
}): Promise<string> {
	const header = { alg: 'RS256', typ: 'JWT', x5c: [leaf.toString('base64')] };
	const signed = [header, { legalHeader: 'Made by a test', ...payload }]
		.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
		.join('.');
	const signature = await crypto.subtle.sign(ALGORITHM, keys.privateKey, Buffer.from(signed));
	return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}
