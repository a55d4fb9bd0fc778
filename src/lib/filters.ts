import { localDay, UTC } from './zone/local-day.ts';

/**
 * What narrows every page: project, period, comparison, the client's ecosystem, platform, browser, application, environment, release, country and
 * tag, the passkey's provider, and what is left out as made up.
 * It lives in the URL, defaults left out, so that a link shows the same figures to whoever opens it.
 */

export const PERIODS = ['7d', '30d', '90d', '12m', 'custom'] as const;
export const COMPARISONS = ['previous', 'year', 'none'] as const;
export const ECOSYSTEMS = [
	'apple',
	'google',
	'microsoft',
	'third_party',
	'security_key',
	'unknown'
] as const;
export const PLATFORMS = [
	'iOS',
	'iPadOS',
	'macOS',
	'Android',
	'ChromeOS',
	'Windows',
	'Linux'
] as const;

/** What a reader may leave out: simulated events; ceremonies and passkeys of a browser's virtual authenticator; both. */
export const LEFT_OUT = ['synthetic', 'tests', 'both'] as const;

export type Period = (typeof PERIODS)[number];
export type Comparison = (typeof COMPARISONS)[number];
export type Ecosystem = (typeof ECOSYSTEMS)[number];
export type LeftOut = (typeof LEFT_OUT)[number];

export interface DayRange {
	/** First day, `YYYY-MM-DD`, of the project's time zone. */
	from: string;
	/** Last day, inclusive. */
	to: string;
}

export interface Filters extends DayRange {
	project: string;
	/** The project's time zone, whose days everything is counted by. Of the project, never of the address. */
	zone: string;
	period: Period;
	compare: Comparison;
	/** Empty: all. On pages about devices and ceremonies it is the device's ecosystem, on pages about credentials the passkey's. */
	ecosystem: '' | Ecosystem;
	/** Operating system of the client. Empty: all. */
	platform: string;
	/** By name, such as `Firefox`. Empty: all. */
	browser: string;
	application: string;
	/** Such as `production`. Empty: all. */
	environment: string;
	/** The site's version that sent it. Empty: all. */
	release: string;
	/** ISO 3166-1 code of where the client was. Empty: all. Known only where the operator supplied a country file. */
	country: string;
	/** `name=value` of a tag that the project's figures are told apart by. Empty: all. */
	tagged: string;
	/** As claimed when the passkey was made; `unknown`: none is known. Empty: all. Pages that count no passkeys set it aside. */
	provider: string;
	/** Empty: everything counts. */
	without: '' | LeftOut;
	/** Pages that whoever asks may not open: nothing leads there. Of the reader, never of the address; absent: none. */
	closed?: readonly string[];
}

/** The filters that hide something; a segment is a choice of these. */
export const NARROWING = [
	'ecosystem',
	'platform',
	'browser',
	'application',
	'environment',
	'release',
	'country',
	'tagged',
	'provider',
	'without'
] as const;

/** What one project sends and another does not: these go when the project changes. */
export const WITHOUT_OWN = {
	...{ browser: '', application: '', environment: '', release: '' },
	...{ country: '', tagged: '', provider: '' }
} as const;

const DAY_MS = 86_400_000;
const COUNTRY = /^[A-Z]{2}$/;
/** Of a tag's name and value: a name has no "=", a value may. */
export const TAGGED = /^[^=]{1,40}=.{1,120}$/s;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What filters need to know of a project. */
export interface FilteredProject {
	id: string;
	timeZone: string;
}

/** Reads the filters of a URL. Anything unknown or malformed falls back to its default: a shared link always opens. */
export function parseFilters(
	search: URLSearchParams,
	{ projects, now = new Date() }: { projects: readonly FilteredProject[]; now?: Date }
): Filters {
	const asked = search.get('project');
	const project = projects.find(({ id }) => id === asked) ?? projects[0];
	const zone = project?.timeZone ?? UTC;
	const period = oneOf(PERIODS, search.get('period')) ?? '30d';
	const range = period === 'custom' ? customRange(search) : undefined;
	return {
		project: project?.id ?? '',
		zone,
		period: period === 'custom' && !range ? '30d' : period,
		...(range ?? rangeOf(period, today(zone, now))),
		compare: oneOf(COMPARISONS, search.get('compare')) ?? 'previous',
		ecosystem: oneOf(ECOSYSTEMS, search.get('ecosystem')) ?? '',
		platform: oneOf(PLATFORMS, search.get('platform')) ?? '',
		browser: search.get('browser')?.slice(0, 64) ?? '',
		application: search.get('application')?.slice(0, 64) ?? '',
		environment: search.get('environment')?.slice(0, 64) ?? '',
		release: search.get('release')?.slice(0, 128) ?? '',
		country: COUNTRY.exec(search.get('country') ?? '')?.[0] ?? '',
		tagged: TAGGED.exec(search.get('tagged') ?? '')?.[0] ?? '',
		provider: search.get('provider')?.slice(0, 64) ?? '',
		without: oneOf(LEFT_OUT, search.get('without')) ?? ''
	};
}

/** The query string of these filters, without defaults; empty when all are defaults. */
export function filtersToSearch(filters: Filters, defaultProject: string): string {
	const search = new URLSearchParams();
	if (filters.project !== defaultProject) search.set('project', filters.project);
	if (filters.period !== '30d') search.set('period', filters.period);
	if (filters.period === 'custom') {
		search.set('from', filters.from);
		search.set('to', filters.to);
	}
	if (filters.compare !== 'previous') search.set('compare', filters.compare);
	for (const [name, value] of narrowed(filters)) search.set(name, value);
	const text = search.toString();
	return text && `?${text}`;
}

/** Every parameter of an address that is a filter. */
export const FILTER_NAMES = ['project', 'period', 'from', 'to', 'compare', ...NARROWING] as const;

/**
 * The address of the same page under changed filters. What else the page keeps in its URL stays, repeated values too,
 * but for `page` (another selection starts at its first page) and, when the project changes, for all of it.
 */
export function changeFilters({
	url,
	filters,
	changes,
	defaultProject
}: {
	url: { pathname: string; searchParams: URLSearchParams };
	filters: Filters;
	changes: Partial<Filters>;
	defaultProject: string;
}): string {
	const search = new URLSearchParams(filtersToSearch({ ...filters, ...changes }, defaultProject));
	if (changes.project === undefined || changes.project === filters.project)
		for (const [name, value] of url.searchParams)
			if (name !== 'page' && !(FILTER_NAMES as readonly string[]).includes(name))
				search.append(name, value);
	const text = search.toString();
	return text ? `${url.pathname}?${text}` : url.pathname;
}

/** Which filters hide something, in the order they are shown; what an empty page offers to drop. */
export function narrowing(
	filters: Pick<Filters, (typeof NARROWING)[number]>
): (typeof NARROWING)[number][] {
	return NARROWING.filter((name) => filters[name] !== '');
}

/** The filters that hide something, as they stand in an address: what a segment keeps. Empty when nothing is hidden. */
export function narrowingToQuery(filters: Pick<Filters, (typeof NARROWING)[number]>): string {
	return new URLSearchParams(narrowed(filters)).toString();
}

/** The same filters out of a segment: those it does not name hide nothing. */
export function queryToNarrowing(query: string): Pick<Filters, (typeof NARROWING)[number]> {
	const filters = parseFilters(new URLSearchParams(query), { projects: [] });
	return Object.fromEntries(NARROWING.map((name) => [name, filters[name]])) as Pick<
		Filters,
		(typeof NARROWING)[number]
	>;
}

function narrowed(filters: Pick<Filters, (typeof NARROWING)[number]>): [string, string][] {
	return narrowing(filters).map((name) => [name, filters[name]]);
}

/** The name in `name=value`; empty of an empty filter. */
export const tagName = (tagged: string): string =>
	tagged.slice(0, Math.max(0, tagged.indexOf('=')));

/** Which rows go, of the two kinds a reader may leave out. */
export function leftOut({ without }: Pick<Filters, 'without'>): {
	synthetic: boolean;
	tests: boolean;
} {
	return {
		synthetic: without === 'synthetic' || without === 'both',
		tests: without === 'tests' || without === 'both'
	};
}

/**
 * The days to compare with: as many days before these, moved back to the same weekday, or the same days a year (52 weeks) earlier.
 * Undefined when nothing is compared.
 */
export function comparisonRange(filters: Filters): DayRange | undefined {
	if (filters.compare === 'none') return undefined;
	const days = countDays(filters);
	const shift = filters.compare === 'year' ? 364 : Math.ceil(days / 7) * 7;
	return { from: shiftDay(filters.from, -shift), to: shiftDay(filters.to, -shift) };
}

export type Bucket = 'day' | 'week';

/** How wide a point of a chart is: a day, or a week (from Monday) once days would be too many to tell apart. */
export function bucketOf(range: DayRange): Bucket {
	return countDays(range) > 92 ? 'week' : 'day';
}

/** The first day of each bucket a range touches, in order. */
export function listBuckets(range: DayRange, bucket: Bucket = bucketOf(range)): string[] {
	const step = bucket === 'week' ? 7 : 1;
	const buckets: string[] = [];
	for (let day = bucketStart(range.from, bucket); day <= range.to; day = shiftDay(day, step))
		buckets.push(day);
	return buckets;
}

/** The first day of the bucket that holds `day`. */
export function bucketStart(day: string, bucket: Bucket): string {
	if (bucket === 'day') return day;
	return shiftDay(day, -((new Date(day).getUTCDay() + 6) % 7));
}

/** Today in a time zone, `YYYY-MM-DD`: the day whose figures are not complete yet. */
export function today(zone: string, now: Date = new Date()): string {
	return localDay(now, zone);
}

/** Days in a range, both ends included. */
export function countDays({ from, to }: DayRange): number {
	return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}

export function shiftDay(day: string, by: number): string {
	return localDay(Date.parse(day) + by * DAY_MS, UTC);
}

/** A day as an address names it; undefined where it is none, or not before `last`. */
export function parseDay(text: string | null, last: string): string | undefined {
	if (!text || !/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
		return undefined;
	return text < last ? text : undefined;
}

function rangeOf(period: Period, to: string): DayRange {
	const days = { '7d': 7, '30d': 30, '90d': 90, '12m': 365, custom: 30 }[period];
	return { from: shiftDay(to, 1 - days), to };
}

function customRange(search: URLSearchParams): DayRange | undefined {
	const [from, to] = [search.get('from'), search.get('to')];
	if (!from || !to || !DAY.test(from) || !DAY.test(to)) return undefined;
	if (Number.isNaN(Date.parse(from)) || Number.isNaN(Date.parse(to))) return undefined;
	return from <= to ? { from, to } : { from: to, to: from };
}

function oneOf<T extends string>(list: readonly T[], value: string | null): T | undefined {
	return list.find((item) => item === value);
}
