import { randomBytes } from 'node:crypto';

export { digestKey as digest } from '../projects.ts';

/** A token for a cookie or a link: 256 random bits, base64url. */
export function newToken(): string {
	return randomBytes(32).toString('base64url');
}
