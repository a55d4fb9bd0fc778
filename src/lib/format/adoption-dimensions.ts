/** What adoption can be broken down by, in the order it is offered; the tags a project chose come after them. */
export const ADOPTION_DIMENSIONS = [
	'platform',
	'browser',
	'country',
	'application',
	'environment',
	'release'
] as const;

/** `tag:experiment` is by the value of the tag of that name. */
export type AdoptionDimension = (typeof ADOPTION_DIMENSIONS)[number] | `tag:${string}`;

const NAMES: Record<(typeof ADOPTION_DIMENSIONS)[number], string> = {
	platform: 'Platform',
	browser: 'Browser',
	country: 'Country',
	application: 'Application',
	environment: 'Environment',
	release: 'Release'
};

/** In a reader's words. */
export function dimensionName(dimension: AdoptionDimension): string {
	const tag = tagOf(dimension);
	return tag === undefined ? NAMES[dimension as (typeof ADOPTION_DIMENSIONS)[number]] : tag;
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
export function parseDimension(search: URLSearchParams): AdoptionDimension {
	const asked = search.get('by');
	const tag = tagOf(asked);
	if (tag !== undefined) return `tag:${tag}`;
	return ADOPTION_DIMENSIONS.find((dimension) => dimension === asked) ?? 'platform';
}
