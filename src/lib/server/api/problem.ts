/** What went wrong, as RFC 9457 tells it over HTTP. */
export interface Problem {
	type: 'about:blank';
	title: string;
	status: number;
	/** In words for people: why, and what to do. */
	detail: string;
	/** Stable, for programs. */
	code: string;
	/** The parameter that is wrong. */
	field?: string;
}

const TITLES: Record<number, string> = {
	400: 'Bad request',
	401: 'Not signed in',
	403: 'Not allowed',
	404: 'Not found',
	429: 'Too many requests',
	503: 'The database did not answer'
};

export function problem(status: number, code: string, detail: string, field?: string): Problem {
	const title = TITLES[status] ?? 'Something went wrong';
	return { type: 'about:blank', title, status, detail, code, ...(field && { field }) };
}

export function problemResponse(told: Problem, headers: Record<string, string> = {}): Response {
	return new Response(JSON.stringify(told), {
		status: told.status,
		headers: {
			'content-type': 'application/problem+json',
			'cache-control': 'no-store',
			...headers
		}
	});
}
