import type { IncomingHttpHeaders } from 'node:http';
import type { BodyRules } from './ingest/read-body.ts';
import type { Arrival } from './ingest/take-events.ts';
import { problemBody, type Problem } from './problem.ts';

/** What goes back. */
export interface Answer {
	status: number;
	type: string;
	body: string | Uint8Array;
}

/** One way to hand over events: how its body is read, what is made of it, and how it is answered. */
export interface Protocol {
	path: string;
	rules: BodyRules;
	take(arrival: Arrival, headers: IncomingHttpHeaders): Promise<Answer | Problem>;
	refuse(problem: Problem, headers: IncomingHttpHeaders): Answer;
}

/** A refusal as RFC 9457 problem details. */
export function problemAnswer(problem: Problem): Answer {
	return { status: problem.status, type: 'application/problem+json', body: problemBody(problem) };
}

export function jsonAnswer(status: number, value: object): Answer {
	return { status, type: 'application/json', body: JSON.stringify(value) };
}
