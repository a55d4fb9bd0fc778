import { stratifiedDifference, type Difference } from '../statistics/stratified-difference.ts';

/** Who tried and who succeeded, in one cell of kind of ceremony, system and browser; the empty group is everybody. */
export interface Cell {
	group_id: string;
	ceremony_type: string;
	os_name: string;
	browser_name: string;
	people: number;
	succeeded: number;
}

export interface UsersLost extends Difference {
	/** What it is measured against: everybody in the compared period, or who did not meet the failure in this one. */
	baseline: 'compared_period' | 'rest';
	/** People who met the failure, and those of them who succeeded all the same. */
	people: number;
	succeeded: number;
}

const cellKey = ({ ceremony_type, os_name, browser_name }: Cell) =>
	[ceremony_type, os_name, browser_name].join('\n');

/**
 * How many users each group of failures cost, by group: of those who met it, how many more would have succeeded with the success of the
 * same kind of ceremony, system and browser in the baseline. The baseline is the compared period when anybody tried then on any
 * such client, else the people of this period who did not meet the failure. A group nobody met by an act of theirs is not in it.
 */
export function usersLost(
	cells: readonly Cell[],
	compared: readonly Cell[]
): Map<string, UsersLost> {
	const everybody = byKey(cells);
	const before = byKey(compared);
	const lost = new Map<string, UsersLost>();
	for (const [group, own] of Map.groupBy(
		cells.filter(({ group_id }) => group_id !== ''),
		({ group_id }) => group_id
	)) {
		const againstBefore = own.some((cell) => before.has(cellKey(cell)));
		const difference = stratifiedDifference(
			own.map((cell) => ({
				group: { trials: cell.people, successes: cell.succeeded },
				baseline: againstBefore
					? trialsOf(before.get(cellKey(cell)))
					: without(everybody.get(cellKey(cell)), cell)
			}))
		);
		if (difference)
			lost.set(group, {
				...difference,
				baseline: againstBefore ? 'compared_period' : 'rest',
				people: own.reduce((sum, { people }) => sum + people, 0),
				succeeded: own.reduce((sum, { succeeded }) => sum + succeeded, 0)
			});
	}
	return lost;
}

const byKey = (cells: readonly Cell[]) =>
	new Map(cells.filter(({ group_id }) => group_id === '').map((cell) => [cellKey(cell), cell]));

const trialsOf = (cell: Cell | undefined) => ({
	trials: cell?.people ?? 0,
	successes: cell?.succeeded ?? 0
});

function without(all: Cell | undefined, own: Cell) {
	const { trials, successes } = trialsOf(all);
	return { trials: trials - own.people, successes: successes - own.succeeded };
}
