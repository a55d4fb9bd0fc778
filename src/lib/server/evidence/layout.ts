import { createHash, type KeyObject } from 'node:crypto';

export const MANIFEST_FILE = 'manifest.json';
export const SUMS_FILE = 'SHA256SUMS';
export const SIGNATURE_FILE = 'SHA256SUMS.sig';
export const KEY_FILE = 'public-key.pem';

/** What tells a public key from others: SHA-256 of its DER form, hex. */
export function fingerprintOf(publicKey: KeyObject): string {
	return createHash('sha256')
		.update(publicKey.export({ type: 'spki', format: 'der' }))
		.digest('hex');
}
