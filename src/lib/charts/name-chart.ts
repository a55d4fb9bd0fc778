import { formatCount, formatShare } from '../format/number.ts';

interface Bar {
	label: string;
	value: number | null;
}

const known = (bars: readonly Bar[]) =>
	bars.filter((bar): bar is Bar & { value: number } => bar.value !== null);

/** What a list of bars is called for who does not see it: what it shows, and its main message, the longest bar. */
export function nameBars(what: string, bars: readonly Bar[]): string {
	const counted = known(bars);
	const whole = counted.reduce((sum, { value }) => sum + value, 0);
	const [most] = counted.toSorted((a, b) => b.value - a.value);
	return most && whole > 0
		? `${what}. Most: ${most.label}, ${formatShare(most.value, whole)}`
		: what;
}

/** The same of a funnel: where most are lost. */
export function nameFunnel(what: string, steps: readonly Bar[]): string {
	const counted = known(steps);
	const [widest] = counted
		.slice(1)
		.map(({ label, value }, index) => ({ label, from: counted[index]!.value, to: value }))
		.toSorted((a, b) => b.from - b.to - (a.from - a.to));
	if (!widest || widest.from === widest.to) return what;
	const lost = widest.from - widest.to;
	return `${what}. Most are lost before ${widest.label}: −${formatCount(lost)} (${formatShare(lost, widest.from)})`;
}

/** The same of a matrix: its greatest cell. */
export function nameCells(
	what: string,
	cells: readonly { row: string; column: string; count: number }[]
): string {
	const [most] = cells.toSorted((a, b) => b.count - a.count);
	return most ? `${what}. Most: ${most.row}, ${most.column}, ${formatCount(most.count)}` : what;
}
