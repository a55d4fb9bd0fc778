import { parseSearch, type SearchMistake } from './parse-search.ts';

/** A page's search line as its address has it, and what cannot be read of it. */
export interface Line {
	/** Empty: nothing is searched for. */
	text: string;
	mistake: SearchMistake | undefined;
}

export function readLine(search: URLSearchParams): Line {
	const text = search.get('q')?.trim() ?? '';
	const parsed = parseSearch(text);
	return { text, mistake: 'mistake' in parsed ? parsed.mistake : undefined };
}
