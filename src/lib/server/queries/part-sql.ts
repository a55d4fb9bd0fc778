import { z } from 'zod';
import {
	DIMENSIONS,
	PASSKEY_DIMENSIONS,
	readDimension,
	tagOf,
	type ClientDimension,
	type Dimension,
	type PasskeyDimension
} from '../../breakdown/dimensions.ts';

/** What a question is told apart by: a dimension of the client or of passkeys, or with `by` "tag" the values of the tag of that name. Empty: by nothing. */
export const partParameters = {
	by: z.enum(['', ...DIMENSIONS, ...PASSKEY_DIMENSIONS, 'tag']).default(''),
	tag: z.string().default('')
};

/** One value of it; empty: not known. */
export const onePartParameters = { ...partParameters, part: z.string().default('') };

export interface Parted<By = ClientDimension | PasskeyDimension> {
	by: By | 'tag';
	tag: string;
}

/** Reads which part a page's address asks for (`by=country&part=NZ`); of all where it names none. */
export function toOnePart(search: URLSearchParams): Partial<Parted> & { part?: string } {
	const dimension = readDimension(search.get('by'));
	const part = search.get('part');
	return dimension === undefined || part === null
		? {}
		: { ...toParted(dimension), part: part.slice(0, LONGEST_PART) };
}

/** Longer than any value that the contract lets in. */
const LONGEST_PART = 200;

export function toParted<By extends Dimension>(
	dimension: By
): Parted<Exclude<By, `tag:${string}`>> {
	const tag = tagOf(dimension);
	return tag === undefined
		? { by: dimension as Exclude<By, `tag:${string}`>, tag: '' }
		: { by: 'tag', tag };
}

/** What the columns of a client say: of the rollups, and of the views of ceremonies, prompts, sessions and sign-ins. */
const CLIENT_PARTS = `{by: String} = 'platform', os_name,
	{by: String} = 'ecosystem', client_ecosystem,
	{by: String} = 'browser', browser_name,
	{by: String} = 'country', country,
	{by: String} = 'application', application,
	{by: String} = 'environment', environment,
	{by: String} = 'release', release`;

/** Which part a row of those views is of. */
export const PART_OF_MOMENT = `toString(multiIf(${CLIENT_PARTS},
	{by: String} = 'tag', tags[{tag: String}],
	''))`;

/** The same of the rollups, which tell chosen tags apart. */
export const PART = `toString(multiIf(${CLIENT_PARTS},
	{by: String} = 'tag', substringUTF8(arrayFirst(one -> startsWith(one, concat({tag: String}, '=')), tags), lengthUTF8({tag: String}) + 2),
	''))`;

/** That something counts in the part asked for, on the views of ceremonies, prompts, sessions and sign-ins; where none is, no column is read. */
export const IN_PART = `({by: String} = '' OR {part: String} = ${PART_OF_MOMENT})`;
