import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

const KEY_BYTES = 32;
// 32 MiB for each guess; node's own ceiling (maxmem) is exactly that and must be raised above it.
const COST = { N: 2 ** 15, r: 8, p: 1 };

/** Hashes a password with scrypt. The parameters stand in the text, so that they can rise later. */
export async function hashPassword(password: string): Promise<string> {
	const salt = randomBytes(16);
	const key = await derive(password, salt, COST);
	return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), key.toString('base64')].join(
		'$'
	);
}

/** Whether `password` is the one that was hashed. A missing or unreadable hash matches nothing. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
	const [scheme, N, r, p, salt, key] = hash?.split('$') ?? [];
	if (scheme !== 'scrypt' || !salt || !key) return false;
	const expected = Buffer.from(key, 'base64');
	const actual = await derive(password, Buffer.from(salt, 'base64'), {
		N: Number(N),
		r: Number(r),
		p: Number(p)
	});
	return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		scrypt(
			password.normalize('NFKC'),
			salt,
			KEY_BYTES,
			{ ...cost, maxmem: 128 * 1024 * 1024 },
			(error, key) => (error ? reject(error) : resolve(key))
		);
	});
}
