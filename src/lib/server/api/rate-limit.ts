import { env } from '$env/dynamic/private';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Access } from '../access/access.ts';
import { environmentNumber } from '../environment-number.ts';
import { problem, type Problem } from './problem.ts';

let limiter: RateLimiterMemory | undefined;

/** Counts a request. `headers` (draft-ietf-httpapi-ratelimit-headers) go with the answer, whatever it is. */
export async function countRequest(
	access: Access
): Promise<{ headers: Record<string, string>; problem?: Problem }> {
	limiter ??= new RateLimiterMemory({
		points: environmentNumber(env, 'PASSLENS_API_PER_MINUTE'),
		duration: 60
	});
	const { points } = limiter;
	try {
		const { remainingPoints, msBeforeNext } = await limiter.consume(whoAsks(access));
		return { headers: headersOf(points, remainingPoints, msBeforeNext) };
	} catch (error) {
		if (!(error instanceof RateLimiterRes)) throw error;
		const seconds = Math.ceil(error.msBeforeNext / 1_000);
		return {
			headers: { ...headersOf(points, 0, error.msBeforeNext), 'retry-after': String(seconds) },
			problem: problem(
				429,
				'too_many_requests',
				`More than ${points} requests in a minute. Ask again in ${seconds} seconds.`
			)
		};
	}
}

const whoAsks = ({ key, person }: Access) =>
	key ? `key ${key.id}` : person ? `person ${person.id}` : 'nobody';

const headersOf = (limit: number, remaining: number, ms: number) => ({
	'ratelimit-limit': String(limit),
	'ratelimit-remaining': String(remaining),
	'ratelimit-reset': String(Math.ceil(ms / 1_000))
});
