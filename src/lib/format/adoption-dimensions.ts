/** What adoption can be broken down by, in the order it is offered. */
export const ADOPTION_DIMENSIONS = [
	'platform',
	'browser',
	'country',
	'application',
	'environment',
	'release'
] as const;

export type AdoptionDimension = (typeof ADOPTION_DIMENSIONS)[number];

export const ADOPTION_DIMENSION_NAMES: Record<AdoptionDimension, string> = {
	platform: 'Platform',
	browser: 'Browser',
	country: 'Country',
	application: 'Application',
	environment: 'Environment',
	release: 'Release'
};

/** The dimension a page's address asks for (`by=country`); anything else is the platform. */
export function parseDimension(search: URLSearchParams): AdoptionDimension {
	const asked = search.get('by');
	return ADOPTION_DIMENSIONS.find((dimension) => dimension === asked) ?? 'platform';
}
