import type { Refusal } from '../sdk/event/index.ts';

/** An expected refusal of a whole request: a value, never thrown. Answered as RFC 9457 problem details. */
export interface Problem {
	status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 429 | 500 | 503;
	/** Stable, for programs: the last part of the problem's `type`. */
	code: string;
	title: string;
	/** What is wrong and what would be right, in plain words. */
	detail: string;
	errors?: Refusal[];
	retryAfterSeconds?: number;
}

/** Tells a refusal from a result. */
export function isProblem(value: object): value is Problem {
	return 'status' in value && 'title' in value;
}

/** The members of RFC 9457's problem details. */
export function problemMembers({ status, code, title, detail, errors }: Problem): object {
	return {
		type: `urn:passlens:problem:${code}`,
		title,
		status,
		detail,
		...(errors && { errors })
	};
}

export function problemBody(problem: Problem): string {
	return JSON.stringify(problemMembers(problem));
}
