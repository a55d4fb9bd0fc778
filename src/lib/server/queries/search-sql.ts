import { z } from 'zod';
import { parseSearch } from '../../search/parse-search.ts';
import {
	isOfEnd,
	isSearchField,
	SEARCH_FIELDS,
	type SearchFieldName
} from '../../search/search-fields.ts';
import { askedOf } from '../leave-unasked.ts';

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

/** A whole search line: its terms, and the beginning of a ceremony id, or of a user's or credential's hash, in lower case. */
export const lineParameters = searchParameters.extend({ search: z.string().default('') });

export type LineParameters = z.output<typeof lineParameters>;

/** A line that cannot be read finds nothing: what it would find without the mistake was not asked for. The page says what is wrong with it. */
const NOTHING = 'nothing';

export function toLineParameters(line: string): LineParameters {
	const parsed = parseSearch(line);
	if ('mistake' in parsed) return { ...NO_TERMS, search: NOTHING };
	const { text, only, never, atLeast, above, atMost, below } = parsed.search;
	return { search: text, only, never, at_least: atLeast, above, at_most: atMost, below };
}

const NO_TERMS = searchParameters.parse({});

/** The line without what it asks of how a ceremony ended: what the rest is a share of. */
export function withoutEnd({ search, ...terms }: LineParameters): LineParameters {
	const kept = Object.entries(terms).map(([name, byField]) => [
		name,
		Object.fromEntries(
			Object.entries(byField).filter(([field]) => !isSearchField(field) || !isOfEnd(field))
		)
	]);
	return { ...searchParameters.parse(Object.fromEntries(kept)), search };
}

/** What each field is in ceremonies_v1, as text or as a number. */
const EXPRESSIONS: Record<Exclude<SearchFieldName, 'tag' | 'provider'>, string> = {
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

/** Whether a ceremony is of one of the providers listed: its own registration names one, of a sign-in the ledger does. It is read where the line asks. */
function ofProvider(parameter: string): string {
	const list = `{${parameter}: ${LISTS}}['provider']`;
	return `if(provider != '', has(${list}, lower(toString(provider))), credential_hash IN (
		SELECT credential_hash FROM credential_rows_v1
		WHERE project_id = {project: String} AND mapContains({${parameter}: ${LISTS}}, 'provider')
			AND has(${list}, lower(if(provider = '', 'unknown', toString(provider))))))`;
}

/** Whether one of its tags is listed, as `name=value` or by its name alone. */
const ofTag = (
	parameter: string
) => `arrayExists((name, value) -> hasAny({${parameter}: ${LISTS}}['tag'], [lower(name), lower(concat(name, '=', value))]),
		mapKeys(tags), mapValues(tags))`;

/** Nothing is asked of a field that the line does not name: then its column is not even read. */
const unless = (parameter: string, type: string, field: string, condition: string) =>
	askedOf(
		parameter,
		field,
		`(NOT mapContains({${parameter}: ${type}}, '${field}') OR ${condition})`
	);

/** Whether one of the values listed for a field is a ceremony's. */
function isListed(field: SearchFieldName, parameter: string): string {
	if (field === 'provider') return ofProvider(parameter);
	if (field === 'tag') return ofTag(parameter);
	const text = `lower(ifNull(toString(${EXPRESSIONS[field]}), ''))`;
	return SEARCH_FIELDS[field].kind === 'hash'
		? `arrayExists(beginning -> startsWith(${text}, beginning), {${parameter}: ${LISTS}}['${field}'])`
		: `has({${parameter}: ${LISTS}}['${field}'], ${text})`;
}

function conditionsOf(field: SearchFieldName): string[] {
	const { kind } = SEARCH_FIELDS[field];
	const conditions = [
		unless('only', LISTS, field, isListed(field, 'only')),
		unless('never', LISTS, field, `NOT ${isListed(field, 'never')}`)
	];
	if (field === 'provider' || field === 'tag' || kind === 'word' || kind === 'hash')
		return conditions;
	const expression = EXPRESSIONS[field];
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

const BEGINS = `({search: String} = ''
	OR startsWith(toString(ceremony_id), {search: String})
	OR (user_hash != 0 AND startsWith(leftPad(lower(hex(user_hash)), 16, '0'), {search: String}))
	OR (credential_hash != 0 AND startsWith(leftPad(lower(hex(credential_hash)), 16, '0'), {search: String})))`;

/** Of a whole hash, the ceremonies that name it are looked up: changes no answer, and spares looking through all of the period. */
const HASH = `reinterpretAsUInt64(reverse(unhex({search: String})))`;
const NAMED = `(NOT match({search: String}, '^[0-9a-f]{16}$') OR (ceremony_hour, ceremony_id) IN (
	SELECT toStartOfHour(UUIDv7ToDateTime(ceremony_id, 'UTC')), ceremony_id FROM user_ceremonies_state_v1
	WHERE project_id = {project: String} AND user_hash = ${HASH}
	UNION ALL
	SELECT toStartOfHour(UUIDv7ToDateTime(ceremony_id, 'UTC')), ceremony_id FROM credential_observations_state_v1
	WHERE project_id = {project: String} AND credential_hash = ${HASH}))`;

/** The id of a line as a condition on ceremonies_v1; `begins` alone where all are read anyway. Constant text, as all below: values are bound. */
export const BY_ID = { begins: BEGINS, found: `${BEGINS} AND ${NAMED}` };

const FIELDS = Object.keys(SEARCH_FIELDS) as SearchFieldName[];
const AND = '\n\tAND ';

/** The line's terms as conditions on ceremonies_v1. */
export const MATCHES_SEARCH = FIELDS.flatMap(conditionsOf).join(AND);

/** Those of them that do not ask how a ceremony ended. */
export const MATCHES_START = FIELDS.flatMap((field) =>
	isOfEnd(field) ? [] : conditionsOf(field)
).join(AND);

/** The whole line. */
export const MATCHES_LINE = `${BY_ID.found} AND ${MATCHES_SEARCH}`;
