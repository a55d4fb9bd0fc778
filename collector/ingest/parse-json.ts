import type { Problem } from '../problem.ts';
import { cutText } from '../cut-text.ts';

const utf8 = new TextDecoder();

/** Reads a body as JSON whose every text can be written as UTF-8. Wrapped, because JSON may be anything, a refusal included. */
export function parseJson(body: Uint8Array): { json: unknown } | Problem {
	const text = utf8.decode(body);
	try {
		const json: unknown = JSON.parse(text);
		// Half a surrogate pair cannot be written as UTF-8. It reaches us by escape alone, so most bodies skip the walk.
		return { json: /\\u[dD][89a-fA-F]/.test(text) ? mendStrings(json) : json };
	} catch (error) {
		return {
			status: 400,
			code: 'json_malformed',
			title: 'Malformed JSON',
			detail: `The body is not JSON: ${error instanceof Error ? cutText(error.message, 200) : 'unreadable'}.`
		};
	}
}

/** Nothing that is read lies deeper, and half a million brackets in one another would exhaust the stack. */
const DEEPEST = 20;

/** Replaces lone surrogates in every text and key by U+FFFD. */
function mendStrings(value: unknown, depth = 0): unknown {
	if (typeof value === 'string') return value.toWellFormed();
	if (typeof value !== 'object' || value === null) return value;
	if (depth > DEEPEST) return null;
	if (Array.isArray(value)) return value.map((item) => mendStrings(item, depth + 1));
	return Object.fromEntries(
		Object.entries(value).map(([key, item]) => [key.toWellFormed(), mendStrings(item, depth + 1)])
	);
}
