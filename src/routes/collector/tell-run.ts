import { describeCause } from '$lib/format/cause-names.ts';
import { ECOSYSTEM_NAMES, humanise } from '$lib/format/names.ts';
import { NO_DATA } from '$lib/format/number.ts';
import { LEGACY_CLASSES } from '$lib/format/upgrade-names.ts';
import type { Reclassification } from '../../../settings/reclassifications.ts';

/** A run with what moved in a reader's words: made here, a page need not fetch what says them. */
export function tellRun(run: Reclassification): Reclassification {
	const moves = run.moves.map((move) => ({
		...move,
		from: describeMoved(move.what, move.from),
		to: describeMoved(move.what, move.to)
	}));
	return { ...run, moves };
}

/** One end of a move in a reader's words: `unknown (possible)` as `Unknown, possible`. */
function describeMoved(what: string, value: string): string {
	if (!value) return NO_DATA;
	if (what === 'ecosystem')
		return Object.entries(ECOSYSTEM_NAMES).find(([word]) => word === value)?.[1] ?? value;
	if (what === 'legacy class') return LEGACY_CLASSES[value]?.name ?? humanise(value);
	const [, cause, confidence] = /^(\w+) \((\w+)\)$/.exec(value) ?? [];
	return what === 'cause' && cause ? `${describeCause(cause).name}, ${confidence}` : value;
}
