import { randomBytes, randomUUID } from 'node:crypto';
import type { PasslensEventInput } from '../../sdk/event/index.ts';

const DAY_MS = 86_400_000;
const COUNT = 60;
const PASSKEY = randomBytes(32).toString('base64url');
const WINDOWS = (brand: string) => ({ platform: 'Windows', brands: [{ brand, version: '142' }] });

/**
 * Sign-ins by passkey in two browsers on three days a week apart, the last one two days ago: nine in ten succeed, but for those in
 * Edge on the last day, of which one in five does. An event long before lets every week have one to compare with.
 */
export function plantedChange(now = Date.now()): {
	page: PasslensEventInput[];
	server: PasslensEventInput[];
} {
	const page: PasslensEventInput[] = [];
	const server: PasslensEventInput[] = [];
	const signIn = (daysAgo: number, brand: string, succeeds: boolean) => {
		const at = now - daysAgo * DAY_MS;
		const about = { ceremony_id: uuidAt(at), ceremony_type: 'authentication' } as const;
		const shared = { ...about, client: WINDOWS(brand) };
		const request = { origin: 'https://example.com', rp_id: 'example.com' };
		page.push({
			...shared,
			...{ id: uuidAt(at), time_unix_ms: at, type: 'ceremony.finished', request },
			elapsed_ms: 2_000,
			...(succeeds
				? { outcome: 'succeeded', credential: { credential_ref: PASSKEY } }
				: { outcome: 'error', error: { name: 'UnknownError' } })
		} as PasslensEventInput);
		if (succeeds)
			server.push({
				...about,
				...{ id: uuidAt(at), time_unix_ms: at, type: 'ceremony.verdict', verified: true }
			});
	};
	signIn(30, 'Google Chrome', true);
	for (const [daysAgo, inEdge] of [
		[16, 54],
		[9, 54],
		[2, 12]
	] as const)
		for (let index = 0; index < COUNT; index++) {
			signIn(daysAgo, 'Google Chrome', index < 54);
			signIn(daysAgo, 'Microsoft Edge', index < inEdge);
		}
	return { page, server };
}

/** A UUIDv7 of that moment: events and ceremonies lie where their ids say. */
function uuidAt(at: number): string {
	const time = at.toString(16).padStart(12, '0');
	return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
