/** A two-by-two table of counts: rows are the two groups, columns "has it" and "has it not". */
export interface TwoByTwo {
	a: number;
	b: number;
	c: number;
	d: number;
}

/** Terms this much smaller than the observed one add nothing that a number can hold. */
const NEGLIGIBLE = 1e-17;
/** What differs by less is the same probability, rounded otherwise (as R takes it). */
const SAME = 1 + 1e-7;

/**
 * Fisher's exact test, two-sided: how probable a table as improbable as this one, or more, would be if both groups had the same share,
 * given the margins. Exact for every size, so there is no rule of thumb about when to use it. Sums outwards from the two tables at which
 * the tails begin, so that large counts cost no more than their spread.
 */
export function fisherExact({ a, b, c, d }: TwoByTwo): number {
	const [row, column, all] = [a + b, a + c, a + b + c + d];
	const low = Math.max(0, row + column - all);
	const high = Math.min(row, column);
	const log = (x: number) => logTable({ x, row, column, all });
	const mode = Math.floor(((row + 1) * (column + 1)) / (all + 2));
	const observed = log(a);
	if (log(mode) <= observed + Math.log(SAME)) return 1;
	const limit = observed + Math.log(SAME);
	const below = a < mode ? a : lastBelow(low, mode, limit, log);
	const above = a < mode ? firstAbove(mode, high, limit, log) : a;
	const tail = (from: number, step: 1 | -1, end: number) => {
		let sum = 0;
		for (let x = from; step === 1 ? x <= end : x >= end; x += step) {
			const term = Math.exp(log(x) - observed);
			sum += term;
			if (term < NEGLIGIBLE * sum) break;
		}
		return sum;
	};
	const relative =
		(below === undefined ? 0 : tail(below, -1, low)) +
		(above === undefined ? 0 : tail(above, 1, high));
	return Math.min(1, relative * Math.exp(observed));
}

/** The greatest table below the mode that is no more probable than the limit; the probabilities rise up to the mode. */
function lastBelow(low: number, mode: number, limit: number, log: (x: number) => number) {
	if (log(low) > limit) return undefined;
	let [under, over] = [low, mode];
	while (over - under > 1) {
		const middle = (under + over) >> 1;
		if (log(middle) <= limit) under = middle;
		else over = middle;
	}
	return under;
}

/** The least table above the mode that is no more probable than the limit. */
function firstAbove(mode: number, high: number, limit: number, log: (x: number) => number) {
	if (log(high) > limit) return undefined;
	let [over, under] = [mode, high];
	while (under - over > 1) {
		const middle = (under + over) >> 1;
		if (log(middle) <= limit) under = middle;
		else over = middle;
	}
	return under;
}

/** The logarithm of the hypergeometric probability of `x` in the first cell. */
function logTable({
	x,
	row,
	column,
	all
}: {
	x: number;
	row: number;
	column: number;
	all: number;
}) {
	return logChoose(column, x) + logChoose(all - column, row - x) - logChoose(all, row);
}

const logChoose = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

const SMALL = [0];
for (let n = 1; n < 256; n++) SMALL.push(SMALL[n - 1]! + Math.log(n));

/** Summed below 256, above by Stirling's series, whose first three terms leave an error under 10⁻¹⁵ there. */
function logFactorial(n: number): number {
	if (n < SMALL.length) return SMALL[n]!;
	const x = n + 1;
	return (
		(x - 0.5) * Math.log(x) -
		x +
		0.5 * Math.log(2 * Math.PI) +
		1 / (12 * x) -
		1 / (360 * x ** 3) +
		1 / (1260 * x ** 5)
	);
}
