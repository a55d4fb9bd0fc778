/**
 * An authenticator in software, for tests of everything behind the browser: it makes real ES256 key pairs and real signatures over
 * real authenticator data (WebAuthn Level 3, section 6.1), and answers in the JSON form a page would post. Never for production.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { encodeCbor, type Encodable } from './encode-cbor.ts';

export interface Flags {
	userPresent?: boolean;
	userVerified?: boolean;
	backupEligible?: boolean;
	backupState?: boolean;
}

export interface SoftwareAuthenticatorOptions extends Flags {
	rpId: string;
	origin: string;
	/** 16 bytes in hexadecimal with hyphens. Default: zero. */
	aaguid?: string;
	attachment?: 'platform' | 'cross-platform';
	transports?: string[];
}

export interface SoftwareCredential {
	id: string;
	privateKey: KeyObject;
	/** Signatures made so far: the next one's signCount when the authenticator counts. */
	signCount: number;
}

export interface RegisterOptions extends Flags {
	challenge: string;
	/** What the client data claims, where a test wants it wrong. */
	origin?: string;
	type?: string;
	rpId?: string;
	format?: string;
}

export interface AuthenticateOptions extends RegisterOptions {
	credential: SoftwareCredential;
	userHandle?: string;
	signCount?: number;
	/** Flip a bit of the signature. */
	spoilSignature?: boolean;
	/** Bytes to answer with in the signature's place. */
	signature?: Buffer;
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();
const base64url = (data: Buffer) => data.toString('base64url');

/** All flags default to set: a synced passkey, verified. Each call may say otherwise. */
export function createSoftwareAuthenticator(authenticator: SoftwareAuthenticatorOptions) {
	const { transports = ['internal', 'hybrid'], attachment = 'platform' } = authenticator;
	const aaguid = Buffer.from((authenticator.aaguid ?? '0'.repeat(32)).replaceAll('-', ''), 'hex');

	const authData = (options: RegisterOptions, signCount: number, attested = Buffer.alloc(0)) => {
		const flags = { ...authenticator, ...options };
		const head = Buffer.alloc(37);
		sha256(options.rpId ?? authenticator.rpId).copy(head);
		head[32] =
			((flags.userPresent ?? true) ? 1 : 0) |
			((flags.userVerified ?? true) ? 4 : 0) |
			((flags.backupEligible ?? true) ? 8 : 0) |
			((flags.backupState ?? true) ? 16 : 0) |
			(attested.length ? 64 : 0);
		head.writeUInt32BE(signCount, 33);
		return Buffer.concat([head, attested]);
	};

	const clientData = (type: string, { challenge, origin, type: claimed }: RegisterOptions) =>
		Buffer.from(
			JSON.stringify({
				type: claimed ?? type,
				challenge,
				origin: origin ?? authenticator.origin,
				crossOrigin: false
			})
		);

	return {
		/** Makes a discoverable credential. The response is what `navigator.credentials.create()` would give, as JSON. */
		register(options: RegisterOptions) {
			const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
			const { x, y } = publicKey.export({ format: 'jwk' });
			const rawId = randomBytes(16);
			// COSE_Key (RFC 9052): kty EC2, alg ES256, crv P-256, x, y.
			const key = encodeCbor(
				new Map<number, Encodable>([
					[1, 2],
					[3, -7],
					[-1, 1],
					[-2, Buffer.from(x!, 'base64url')],
					[-3, Buffer.from(y!, 'base64url')]
				])
			);
			const attested = Buffer.concat([aaguid, Buffer.from([0, rawId.length]), rawId, key]);
			const data = authData(options, 0, attested);
			const attestationObject = encodeCbor(
				new Map<string, Encodable>([
					['fmt', options.format ?? 'none'],
					['attStmt', new Map()],
					['authData', data]
				])
			);
			const id = base64url(rawId);
			const credential: SoftwareCredential = { id, privateKey, signCount: 0 };
			return {
				credential,
				response: {
					id,
					rawId: id,
					type: 'public-key' as const,
					authenticatorAttachment: attachment,
					clientExtensionResults: { credProps: { rk: true } },
					response: {
						clientDataJSON: base64url(clientData('webauthn.create', options)),
						attestationObject: base64url(attestationObject),
						authenticatorData: base64url(data),
						publicKeyAlgorithm: -7,
						transports: transports as never[]
					}
				}
			};
		},

		/** Signs with a credential made before. The response is what `navigator.credentials.get()` would give, as JSON. */
		authenticate(options: AuthenticateOptions) {
			const { credential, userHandle, spoilSignature } = options;
			const data = authData(options, options.signCount ?? credential.signCount);
			const client = clientData('webauthn.get', options);
			const signature = sign(
				'sha256',
				Buffer.concat([data, sha256(client)]),
				credential.privateKey
			);
			if (spoilSignature) signature[signature.length - 1]! ^= 1;
			return {
				id: credential.id,
				rawId: credential.id,
				type: 'public-key' as const,
				authenticatorAttachment: attachment,
				clientExtensionResults: {},
				response: {
					clientDataJSON: base64url(client),
					authenticatorData: base64url(data),
					signature: base64url(options.signature ?? signature),
					...(userHandle && { userHandle })
				}
			};
		}
	};
}
