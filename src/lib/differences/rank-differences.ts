import { benjaminiHochberg } from '../statistics/benjamini-hochberg.ts';
import { fisherExact } from '../statistics/fisher-exact.ts';

/** How often a value occurs, in one kind of ceremony; a row with `whole` counts all known values of its dimension. */
export interface DimensionCount {
	ceremony_type: string;
	mediation: string;
	/** Empty: every ceremony of the kind, with the people behind them. */
	dimension: string;
	whole: boolean;
	value: string;
	selected: number;
	rest: number;
	selected_people: number;
	rest_people: number;
}

/** A value that is commoner among the selected ceremonies than among the others, by more than chance. */
export interface RankedDifference {
	dimension: string;
	value: string;
	/** Selected ceremonies with the value, of those whose value is known. */
	selected: number;
	selected_of: number;
	/** The others. */
	rest: number;
	rest_of: number;
	/** The difference of the two shares. */
	difference: number;
	/** Adjusted for everything that was compared. */
	q: number;
}

export interface Comparison {
	ranked: RankedDifference[];
	/** Ceremonies on both sides, and the people behind them. */
	selected: number;
	rest: number;
	selected_people: number;
	rest_people: number;
	/** The kinds of ceremony that were compared. */
	kinds: { ceremony_type: string; mediation: string }[];
	/** Values tested. */
	tests: number;
	/** Dimensions of which nothing is known on one side or both. */
	unknown: string[];
}

/** What is told as a difference: less is either chance or nothing to act upon. */
export const SIGNIFICANT = 0.01;
export const LEAST_DIFFERENCE = 0.05;
/** A kind of ceremony is compared when it makes this share of the selection at least. */
const LEAST_KIND = 0.05;
/** Of fewer selected ceremonies nothing is said. */
export const LEAST_SELECTED = 5;

/**
 * Which values stand out among the selected ceremonies, the greatest difference of shares first.
 *
 * Only kinds of ceremony (type and mediation) that the selection consists of are compared, each side by its own: else every selection of
 * sign-ins would differ from registrations. Each value is tested by Fisher's exact test and all of them together by Benjamini and Hochberg.
 * One person's ceremonies are not independent, so the test takes the ceremonies' shares with as many cases as there are people.
 * A release in a browser is told only where it says more than the release and the browser do alone.
 */
export function rankDifferences(counts: readonly DimensionCount[]): Comparison {
	const kinds = comparedKinds(counts);
	const compared = counts.filter((row) =>
		kinds.some(
			(kind) => kind.ceremony_type === row.ceremony_type && kind.mediation === row.mediation
		)
	);
	const everything = sum(compared.filter(({ dimension, whole }) => dimension === '' && whole));
	const wholes = sumBy(
		compared.filter(({ whole }) => whole),
		({ dimension }) => dimension
	);
	const values = sumBy(
		compared.filter(({ whole }) => !whole),
		({ dimension, value }) => `${dimension}\n${value}`
	);
	const thinning = {
		selected: ratio(everything.selected_people, everything.selected),
		rest: ratio(everything.rest_people, everything.rest)
	};
	const tested = [...values].flatMap(([key, own]) => {
		const at = key.indexOf('\n');
		const [dimension, value] = [key.slice(0, at), key.slice(at + 1)];
		const of = wholes.get(dimension);
		return of && of.selected > 0 && of.rest > 0
			? [toDifference({ dimension, value, own, of })]
			: [];
	});
	const adjusted = benjaminiHochberg(tested.map((row) => fisherExact(asPeople(row, thinning))));
	const found = tested
		.map((row, index) => ({ ...row, q: adjusted[index]! }))
		.filter(({ q, difference }) => q < SIGNIFICANT && difference >= LEAST_DIFFERENCE);
	const { selected, rest, selected_people, rest_people } = everything;
	return {
		ranked:
			selected < LEAST_SELECTED
				? []
				: found.filter((row) => saysMore(row, tested)).sort((a, b) => b.difference - a.difference),
		...{ selected, rest, selected_people, rest_people, kinds },
		tests: tested.length,
		unknown: [...wholes]
			.filter(([dimension, of]) => dimension !== '' && (of.selected === 0 || of.rest === 0))
			.map(([dimension]) => dimension)
	};
}

type Counts = Pick<DimensionCount, 'selected' | 'rest' | 'selected_people' | 'rest_people'>;

function comparedKinds(counts: readonly DimensionCount[]) {
	const kinds = counts.filter(({ dimension, whole }) => dimension === '' && whole);
	const all = sum(kinds).selected;
	return kinds
		.filter(({ selected }) => selected > 0 && selected / all >= LEAST_KIND)
		.sort((a, b) => b.selected - a.selected)
		.map(({ ceremony_type, mediation }) => ({ ceremony_type, mediation }));
}

function toDifference({
	dimension,
	value,
	own,
	of
}: {
	dimension: string;
	value: string;
	own: Counts;
	of: Counts;
}): Omit<RankedDifference, 'q'> {
	return {
		...{ dimension, value },
		...{ selected: own.selected, selected_of: of.selected, rest: own.rest, rest_of: of.rest },
		difference: own.selected / of.selected - own.rest / of.rest
	};
}

/** The table of the test: the ceremonies' shares over as many cases as there are people. */
function asPeople(
	{ selected, selected_of, rest, rest_of }: Omit<RankedDifference, 'q'>,
	thinning: { selected: number; rest: number }
) {
	const a = Math.round(selected * thinning.selected);
	const c = Math.round(rest * thinning.rest);
	return {
		...{ a, c },
		b: Math.max(0, Math.round(selected_of * thinning.selected) - a),
		d: Math.max(0, Math.round(rest_of * thinning.rest) - c)
	};
}

function saysMore(row: RankedDifference, all: readonly Omit<RankedDifference, 'q'>[]): boolean {
	if (row.dimension !== 'release_browser') return true;
	const at = row.value.lastIndexOf(' in ');
	const [release, browser] = [row.value.slice(0, at), row.value.slice(at + ' in '.length)];
	return all
		.filter(
			({ dimension, value }) =>
				(dimension === 'release' && value === release) ||
				(dimension === 'browser_version' && value === browser)
		)
		.every(({ difference }) => row.difference > difference);
}

const ratio = (part: number, of: number) => (of === 0 ? 0 : part / of);

function sum(rows: readonly Counts[]): Counts {
	const total = { selected: 0, rest: 0, selected_people: 0, rest_people: 0 };
	for (const row of rows)
		for (const name of ['selected', 'rest', 'selected_people', 'rest_people'] as const)
			total[name] += row[name];
	return total;
}

const sumBy = (rows: readonly DimensionCount[], keyOf: (row: DimensionCount) => string) =>
	new Map([...Map.groupBy(rows, keyOf)].map(([key, group]) => [key, sum(group)] as const));
