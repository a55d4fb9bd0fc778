/**
 * P-values adjusted for being many (Benjamini and Hochberg 1995), in the order given: whoever calls everything below `q` a finding
 * is wrong about a share of at most `q` of the findings, on average.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
	const descending = pValues.map((p, index) => ({ p, index })).sort((a, b) => b.p - a.p);
	const adjusted = new Array<number>(pValues.length);
	let least = 1;
	for (const [at, { p, index }] of descending.entries()) {
		least = Math.min(least, (p * pValues.length) / (pValues.length - at));
		adjusted[index] = least;
	}
	return adjusted;
}
