import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** Something that must stay between page, authenticator and relying party. */
export interface Secret {
	name: string;
	bytes: Buffer;
}

/** Somewhere it must not be: a request, a file, a table. */
export interface Place {
	name: string;
	content: Buffer;
}

/** A secret's bytes as they are, and as each encoding writes them. */
export function formsOf(bytes: Buffer): Buffer[] {
	const hex = bytes.toString('hex');
	return [
		bytes,
		...[
			hex,
			hex.toUpperCase(),
			// Without padding: the padded form contains it.
			bytes.toString('base64').replace(/=+$/, ''),
			bytes.toString('base64url')
		].map((text) => Buffer.from(text))
	];
}

/** `<secret> in <place>`, for each that is where it must not be. */
export function findSecrets(places: readonly Place[], secrets: readonly Secret[]): string[] {
	return secrets.flatMap(({ name, bytes }) => {
		const forms = formsOf(bytes);
		return places
			.filter(({ content }) => forms.some((form) => content.includes(form)))
			.map((place) => `${name} in ${place.name}`);
	});
}

/** A private key (PKCS #8), and the public one that belongs to it. */
export const secretsOfPrivateKey = (privateKey: Buffer): Secret[] => [
	{ name: 'private key', bytes: privateKey },
	...publicKeySecrets(
		createPublicKey(createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }))
	)
];

/** A public key as a whole and by its coordinates. */
export function publicKeySecrets(key: KeyObject): Secret[] {
	const { x, y, n } = key.export({ format: 'jwk' });
	return [
		{ name: 'public key', bytes: key.export({ format: 'der', type: 'spki' }) },
		...[x, y, n]
			.filter((part) => part !== undefined)
			.map((part) => ({ name: 'public key', bytes: Buffer.from(part, 'base64url') }))
	];
}
