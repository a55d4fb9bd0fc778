import type { Problem } from './problem.ts';

export interface RateLimiter {
	/** Counts one request of a project. @returns a refusal when it has had its share */
	take(projectId: string): Problem | undefined;
}

/** A token bucket for each project: `perSecond` requests on average, twice that in a burst. Without a number nobody is held back. */
export function limitRate({ perSecond }: { perSecond?: number | undefined }): RateLimiter {
	if (!perSecond) return { take: () => undefined };
	const capacity = perSecond * 2;
	const buckets = new Map<string, { tokens: number; at: number }>();
	return {
		take(projectId) {
			const now = performance.now();
			const bucket = buckets.get(projectId) ?? { tokens: capacity, at: now };
			buckets.set(projectId, bucket);
			bucket.tokens = Math.min(capacity, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
			bucket.at = now;
			if (bucket.tokens < 1) return TOO_MANY;
			bucket.tokens--;
			return undefined;
		}
	};
}

const TOO_MANY: Problem = {
	status: 429,
	code: 'too_many_requests',
	title: 'Too many requests',
	detail: 'This project sends more batches than its share. Put more events into each, or wait.',
	retryAfterSeconds: 1
};
