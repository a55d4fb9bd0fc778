import { splitAlternatives, unquote } from './parse-search.ts';
import { isSearchField, SEARCH_FIELDS, type SearchField } from './search-fields.ts';

export interface Completion {
	/** What the term under the cursor becomes. */
	term: string;
	/** What it is. */
	means: string;
	/** A value follows: nothing is searched for yet. */
	open: boolean;
}

const MOST = 12;

/** What the last term of a line may become: fields, then the values of its field. `values` are those that were seen, by field. */
export function completeSearch(
	line: string,
	values: Readonly<Record<string, readonly string[]>>
): Completion[] {
	const typed = lastTerm(line);
	const minus = typed.startsWith('-') ? '-' : '';
	const [name = '', ...rest] = typed.slice(minus.length).split(':');
	const field = name.toLowerCase();
	if (rest.length === 0)
		return Object.entries(SEARCH_FIELDS)
			.filter(([one]) => one.startsWith(field))
			.map(([one, { means }]) => ({ term: `${minus}${one}:`, means, open: true }))
			.slice(0, MOST);
	if (!isSearchField(field)) return [];
	const known: SearchField = SEARCH_FIELDS[field];
	const alternatives = splitAlternatives(closeQuotes(rest.join(':')));
	const begun = unquote(alternatives.at(-1)!).toLowerCase();
	const before = alternatives.slice(0, -1).map((one) => `${one},`);
	return [...new Set([...(values[field] ?? []), ...(known.values ?? known.suggested ?? [])])]
		.filter((value) => value !== '' && value.toLowerCase().startsWith(begun))
		.filter((value) => value.toLowerCase() !== begun)
		.map((value) => ({
			term: `${minus}${field}:${before.join('')}${quote(value)}`,
			means: known.means,
			open: false
		}))
		.slice(0, MOST);
}

/** The line with its last term completed, and room for the next. */
export function applyCompletion(line: string, { term, open }: Completion): string {
	return `${line.slice(0, line.length - lastTerm(line).length)}${term}${open ? '' : ' '}`;
}

/** A term whose quotation mark is still open goes on over spaces. */
const lastTerm = (line: string) => {
	const term = line.match(/(?:"[^"]*(?:"|$)|\S)+/g)?.at(-1) ?? '';
	return line.endsWith(term) ? term : '';
};

const closeQuotes = (values: string) =>
	values.split('"').length % 2 === 0 ? `${values}"` : values;

const quote = (value: string) => (/[\s,]/.test(value) ? `"${value}"` : value);
