/** The word that needs the fewest letters changed, when that is less than half of them; undefined otherwise. */
export function nearestWord(typed: string, words: readonly string[]): string | undefined {
	const ranked = words
		.map((word) => ({ word, distance: editDistance(typed.toLowerCase(), word.toLowerCase()) }))
		.sort((a, b) => a.distance - b.distance);
	const [first] = ranked;
	return first && first.distance <= Math.max(1, Math.floor(typed.length / 2))
		? first.word
		: undefined;
}

/** Letters added, dropped, changed, or swapped with their neighbour (Damerau, optimal string alignment). */
function editDistance(a: string, b: string): number {
	const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
	for (let i = 1; i <= a.length; i += 1) {
		const row = [i];
		for (let j = 1; j <= b.length; j += 1) {
			const changed = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
			const swapped =
				i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
					? rows[i - 2]![j - 2]! + 1
					: Infinity;
			row.push(Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, changed, swapped));
		}
		rows.push(row);
	}
	return rows[a.length]![b.length]!;
}
