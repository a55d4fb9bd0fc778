/** What the client tells: figures can be broken down by it, in the order it is offered; the tags a project chose come after them. */
export const DIMENSIONS = [
	'platform',
	'ecosystem',
	'browser',
	'country',
	'application',
	'environment',
	'release'
] as const;

/** What is known of a passkey besides, whatever client it is used on: figures of passkeys and their holders can be broken down by it. */
export const PASSKEY_DIMENSIONS = ['provider', 'created_platform', 'created_release'] as const;

export type ClientDimension = (typeof DIMENSIONS)[number];
export type PasskeyDimension = (typeof PASSKEY_DIMENSIONS)[number];
type NamedDimension = ClientDimension | PasskeyDimension;

/** What a client tells, and the tags of what it sent. */
export type DimensionOfClients = Exclude<Dimension, PasskeyDimension>;

/** `tag:experiment` is by the value of the tag of that name. */
export type Dimension = NamedDimension | `tag:${string}`;

/** Whether it is known of passkeys alone. */
export const isOfPasskeys = (dimension: Dimension): dimension is PasskeyDimension =>
	PASSKEY_DIMENSIONS.some((one) => one === dimension);

/** What a passkey has one of, whatever it is used for. */
const ONE_A_PASSKEY: readonly Dimension[] = ['ecosystem', 'application', ...PASSKEY_DIMENSIONS];

/** Whether one thing that a figure counts may stand in two rows of it: a user with two devices, a passkey used on two. */
export const mayRepeat = (grain: string, by: Dimension): boolean =>
	grain === 'user' || (grain === 'credential' && !ONE_A_PASSKEY.includes(by));

const NAMES: Record<NamedDimension, string> = {
	platform: 'Platform',
	ecosystem: 'Ecosystem',
	browser: 'Browser',
	country: 'Country',
	application: 'Application',
	environment: 'Environment',
	release: 'Release',
	provider: 'Provider claimed',
	created_platform: 'Platform at creation',
	created_release: 'Release at creation'
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

/** The dimension of clients a page's address asks for (`by=country`, `by=tag:experiment`); anything else is the platform. */
export function parseDimension(search: URLSearchParams): DimensionOfClients {
	const asked = readDimension(search.get('by'));
	return asked === undefined || isOfPasskeys(asked) ? 'platform' : asked;
}

/** The same of one parameter; undefined where it names none. */
export function readDimension(asked: string | null): Dimension | undefined {
	const tag = tagOf(asked);
	if (tag !== undefined) return `tag:${tag}`;
	return [...DIMENSIONS, ...PASSKEY_DIMENSIONS].find((dimension) => dimension === asked);
}
