import { z } from 'zod';
import type { Search } from '../../search/parse-search.ts';
import { SEARCH_FIELDS, type SearchFieldName } from '../../search/search-fields.ts';

const lists = z.record(z.string(), z.array(z.string())).default({});
const bounds = z.record(z.string(), z.string()).default({});

/** A search line's terms, by field. */
export const searchParameters = z.object({
	only: lists,
	never: lists,
	at_least: bounds,
	above: bounds,
	at_most: bounds,
	below: bounds
});

export function toSearchParameters(search: Search): z.output<typeof searchParameters> {
	const { only, never, atLeast, above, atMost, below } = search;
	return { only, never, at_least: atLeast, above, at_most: atMost, below };
}

/** What each field is in ceremonies_v1, as text in lower case, or as a number. */
const EXPRESSIONS: Record<SearchFieldName, string> = {
	...{ cause: 'cause', outcome: 'outcome', os: 'os_name', browser: 'browser_name' },
	...{ release: 'release', error: 'error_name', type: 'ceremony_type', mediation: 'mediation' },
	...{ confidence: 'cause_confidence', application: 'application', environment: 'environment' },
	...{ country: 'country', ecosystem: 'client_ecosystem', reason: 'refusal_reason' },
	...{ rp: 'rp_id', origin: 'origin', os_version: 'os_version' },
	...{ browser_version: 'browser_version', sdk: 'sdk_version' },
	...{ elapsed: 'elapsed_ms', timeout: 'timeout_ms' },
	cross_device: `multiIf(cross_device IS NULL, '', cross_device, 'yes', 'no')`,
	blurred: `multiIf(blurred IS NULL, '', blurred, 'yes', 'no')`,
	synthetic: `if(synthetic, 'yes', 'no')`,
	user: `if(user_hash = 0, '', leftPad(lower(hex(user_hash)), 16, '0'))`,
	credential: `if(credential_hash = 0, '', leftPad(lower(hex(credential_hash)), 16, '0'))`,
	ceremony: 'toString(ceremony_id)'
};

const LISTS = 'Map(String, Array(String))';
const BOUNDS = 'Map(String, String)';
const version = (text: string) =>
	`arrayMap(part -> toUInt64OrZero(part), extractAll(toString(${text}), '[0-9]+'))`;

const bound = (kind: 'version' | 'number', text: string) =>
	kind === 'version' ? version(text) : `toUInt64OrZero(${text})`;

const SIGNS = [
	['at_least', '>='],
	['above', '>'],
	['at_most', '<='],
	['below', '<']
] as const;

/** Nothing is asked of a field that the line does not name: then its column is not even read. */
const unless = (parameter: string, type: string, field: string, condition: string) =>
	`(NOT mapContains({${parameter}: ${type}}, '${field}') OR ${condition})`;

function conditionsOf(field: SearchFieldName): string[] {
	const expression = EXPRESSIONS[field];
	const { kind } = SEARCH_FIELDS[field];
	const text = `lower(ifNull(toString(${expression}), ''))`;
	const named = (parameter: string) =>
		kind === 'hash'
			? `arrayExists(beginning -> startsWith(${text}, beginning), {${parameter}: ${LISTS}}['${field}'])`
			: `has({${parameter}: ${LISTS}}['${field}'], ${text})`;
	const conditions = [
		unless('only', LISTS, field, named('only')),
		unless('never', LISTS, field, `NOT ${named('never')}`)
	];
	if (kind === 'word' || kind === 'hash') return conditions;
	const told = kind === 'version' ? `${expression} != ''` : `${expression} IS NOT NULL`;
	const value = kind === 'version' ? version(expression) : `assumeNotNull(toUInt64(${expression}))`;
	const bounded = SIGNS.map(([parameter, sign]) =>
		unless(
			parameter,
			BOUNDS,
			field,
			`(${told} AND ${value} ${sign} ${bound(kind, `{${parameter}: ${BOUNDS}}['${field}']`)})`
		)
	);
	return [...conditions, ...bounded];
}

/** The line's terms as conditions on ceremonies_v1. Constant text: values are bound. */
export const MATCHES_SEARCH = (Object.keys(EXPRESSIONS) as SearchFieldName[])
	.flatMap(conditionsOf)
	.join('\n\tAND ');
