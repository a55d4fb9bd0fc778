import type { RequestEvent } from '@sveltejs/kit';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { hashClients } from '../../../../sdk/outbound/hash-clients.ts';
import { environmentNumber } from '../environment-number.ts';

/** PASSLENS_FAILED_SIGN_INS within this time; then the client waits for its end. */
const WITHIN_S = 15 * 60;

type Asked = Pick<RequestEvent, 'request' | 'getClientAddress'>;
/** A program with a key that has run out keeps nobody from signing in at the same address. */
type Tried = 'sign-in' | 'api-key';

let limiter: RateLimiterMemory | undefined;
const open = () =>
	(limiter ??= new RateLimiterMemory({
		points: environmentNumber(process.env, 'PASSLENS_FAILED_SIGN_INS'),
		duration: WITHIN_S
	}));
const hashClient = hashClients();

/** Notes that a client tried a passkey, a link, a key or an identity provider's answer that was not good. */
export async function countFailure(event: Asked, tried: Tried): Promise<void> {
	const client = clientOf(event);
	if (client) await open().penalty(`${tried} ${client}`);
}

/** Seconds until a client may try again; undefined: now. */
export async function secondsToWait(event: Asked, tried: Tried): Promise<number | undefined> {
	const client = clientOf(event);
	const failed = client ? await open().get(`${tried} ${client}`) : null;
	if (!failed || failed.consumedPoints < open().points) return undefined;
	return Math.ceil(failed.msBeforeNext / 1_000);
}

/**
 * Which client asks, by hash. Undefined: unknown, since a proxy stands before the dashboard that ADDRESS_HEADER does not tell of: everybody would be one
 * client, and whoever fails often would keep all others out.
 */
function clientOf({ request: { headers }, getClientAddress }: Asked): string | undefined {
	const throughProxy = ['forwarded', 'x-forwarded-for', 'x-real-ip'].some((name) =>
		headers.has(name)
	);
	if (throughProxy && !process.env.ADDRESS_HEADER) return undefined;
	try {
		return hashClient(getClientAddress());
	} catch {
		// The proxy left its header out.
		return undefined;
	}
}
