import { nearestWord } from './nearest-word.ts';
import { isSearchField, SEARCH_FIELDS, type SearchField } from './search-fields.ts';

/** A search line, read: all of it must hold. Values are in lower case. */
export interface Search {
	/** The beginning of an id or hash, of whatever it is; empty: none. */
	text: string;
	/** By field: one of these. */
	only: Record<string, string[]>;
	/** By field: none of these. */
	never: Record<string, string[]>;
	/** By field, of versions and numbers. */
	atLeast: Record<string, string>;
	above: Record<string, string>;
	atMost: Record<string, string>;
	below: Record<string, string>;
}

export interface SearchMistake {
	/** The field it is about, as typed; empty: the line. */
	field: string;
	message: string;
}

export const LONGEST_SEARCH = 300;

const NO_SEARCH = (): Search => ({
	...{ text: '', only: {}, never: {}, atLeast: {}, above: {}, atMost: {}, below: {} }
});

/** `-field:value`, `field:"two words",another`, or a word alone. */
const TERM = /(-?)(?:([A-Za-z_]+):)?((?:"[^"]*"|\S)+)/g;
const COMPARISONS = { '>=': 'atLeast', '>': 'above', '<=': 'atMost', '<': 'below' } as const;
const COMPARED = /^(>=|<=|>|<)(.*)$/;
const ID = /^[0-9a-f-]{1,36}$/;

/**
 * Reads a search line: `cause:timed_out os:android,ios -browser:chrome release:>=2.4 elapsed:>5000`, and the beginning of an id or hash by
 * itself. What cannot be read is named, with the nearest name that could have been meant.
 */
export function parseSearch(line: string): { search: Search } | { mistake: SearchMistake } {
	if (line.length > LONGEST_SEARCH)
		return refuse('', `A search has at most ${LONGEST_SEARCH} characters.`);
	const search = NO_SEARCH();
	for (const [, minus, field, value = ''] of line.matchAll(TERM)) {
		const mistake =
			field === undefined
				? readText(search, `${minus}${unquote(value)}`)
				: readTerm(search, { not: minus === '-', field, value });
		if (mistake) return { mistake };
	}
	return { search };
}

function readText(search: Search, typed: string): SearchMistake | undefined {
	const text = typed.toLowerCase();
	if (search.text !== '')
		return {
			field: '',
			message: `Only one id can be searched for: “${search.text}” or “${typed}”.`
		};
	if (!ID.test(text)) {
		const near = nearestWord(text.replace(/[:=<>].*$/, ''), Object.keys(SEARCH_FIELDS));
		const meant = near ? ` Did you mean “${near}:…”?` : '';
		return {
			field: typed,
			message: `“${typed}” is neither field:value nor the beginning of an id or hash.${meant}`
		};
	}
	search.text = text;
	return undefined;
}

function readTerm(
	search: Search,
	{ not, field, value }: { not: boolean; field: string; value: string }
): SearchMistake | undefined {
	const name = field.toLowerCase();
	if (!isSearchField(name)) {
		const near = nearestWord(name, Object.keys(SEARCH_FIELDS));
		const meant = near ? ` Did you mean “${near}”?` : '';
		return {
			field,
			message: `There is no field “${field}”.${meant} There are: ${Object.keys(SEARCH_FIELDS).join(', ')}.`
		};
	}
	const known: SearchField = SEARCH_FIELDS[name];
	const [, sign, bound] = COMPARED.exec(value) ?? [];
	if (sign !== undefined && bound !== undefined)
		return readComparison(search, { name, known, not, sign, bound });
	const values = splitAlternatives(value).map((one) => unquote(one).toLowerCase());
	for (const one of values) {
		const message = checkValue(known, name, one);
		if (message) return { field: name, message };
	}
	const part = not ? search.never : search.only;
	part[name] = [...(part[name] ?? []), ...values];
	return undefined;
}

function readComparison(
	search: Search,
	{
		name,
		known,
		not,
		sign,
		bound
	}: { name: string; known: SearchField; not: boolean; sign: string; bound: string }
): SearchMistake | undefined {
	const mistake = (message: string): SearchMistake => ({ field: name, message });
	if (known.kind !== 'version' && known.kind !== 'number')
		return mistake(`“${name}” has no order: write ${name}:value.`);
	if (not) return mistake(`Turn the comparison round instead of “-”: ${name}:<2 for -${name}:>=2.`);
	if (known.kind === 'number' && !/^\d{1,12}$/.test(bound))
		return mistake(`“${name}” is compared with a whole number, such as ${name}:${sign}5000.`);
	if (known.kind === 'version' && !/\d/.test(bound))
		return mistake(`“${name}” is compared with a version, such as ${name}:${sign}2.4.`);
	search[COMPARISONS[sign as keyof typeof COMPARISONS]][name] = bound;
	return undefined;
}

function checkValue(known: SearchField, name: string, value: string): string | undefined {
	if (value === '')
		return `Say which: ${name}:${known.values?.[0] ?? known.suggested?.[0] ?? '…'}.`;
	if (known.kind === 'hash' && !ID.test(value))
		return `“${name}” takes the beginning of an id or hash, in hexadecimal digits.`;
	if (known.kind === 'number' && !/^\d{1,12}$/.test(value))
		return `“${name}” is a whole number: ${name}:>5000.`;
	if (!known.values || known.values.some((one) => one.toLowerCase() === value)) return undefined;
	const near = nearestWord(value, known.values);
	const meant = near ? ` Did you mean “${near}”?` : '';
	return `“${value}” is no ${name}.${meant} There are: ${known.values.join(', ')}.`;
}

/** At the commas that no quotation marks enclose. */
export const splitAlternatives = (values: string) => values.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);

export const unquote = (value: string) => /^"([^"]*)"$/.exec(value)?.[1] ?? value;

const refuse = (field: string, message: string) => ({ mistake: { field, message } });
