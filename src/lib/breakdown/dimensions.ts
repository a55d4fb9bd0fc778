/** What figures can be broken down by, in the order it is offered; the tags a project chose come after them. */
export const DIMENSIONS = [
	'platform',
	'ecosystem',
	'browser',
	'country',
	'application',
	'environment',
	'release'
] as const;

type NamedDimension = (typeof DIMENSIONS)[number];

/** `tag:experiment` is by the value of the tag of that name. */
export type Dimension = NamedDimension | `tag:${string}`;

const NAMES: Record<NamedDimension, string> = {
	platform: 'Platform',
	ecosystem: 'Ecosystem',
	browser: 'Browser',
	country: 'Country',
	application: 'Application',
	environment: 'Environment',
	release: 'Release'
};

/** In a reader's words. */
export function dimensionName(dimension: Dimension): string {
	return tagOf(dimension) ?? NAMES[dimension as NamedDimension];
}

/** The same where it is chosen: a tag says that it is one. */
export function dimensionChoice(dimension: Dimension): { value: string; label: string } {
	const tag = tagOf(dimension);
	return { value: dimension, label: tag === undefined ? dimensionName(dimension) : `Tag: ${tag}` };
}

/** The contract's longest name of a tag. */
const LONGEST_TAG = 40;

/** The tag that a dimension is the value of; undefined of any other. */
export function tagOf(dimension: string | null): string | undefined {
	return dimension?.startsWith('tag:') && dimension.length > 4
		? dimension.slice(4, 4 + LONGEST_TAG)
		: undefined;
}

/** The dimension a page's address asks for (`by=country`, `by=tag:experiment`); anything else is the platform. */
export function parseDimension(search: URLSearchParams): Dimension {
	return readDimension(search.get('by')) ?? 'platform';
}

/** The same of one parameter; undefined where it names none. */
export function readDimension(asked: string | null): Dimension | undefined {
	const tag = tagOf(asked);
	if (tag !== undefined) return `tag:${tag}`;
	return DIMENSIONS.find((dimension) => dimension === asked);
}
