import { formatCounted, formatCompact, NO_DATA } from '../format/number.ts';
import type { UsersLost } from './users-lost.ts';

/** Users lost as a cell tells it: `12 (8 – 17)`; "–" where nobody can be compared, "none shown" where the interval holds zero. */
export function formatLost(lost: UsersLost | undefined): string {
	if (!lost) return NO_DATA;
	if (lost.low <= 0) return 'None shown';
	return `${whole(lost.estimate)} (${whole(lost.low)} – ${whole(lost.high)})`;
}

/** The same as a sentence, with what it is measured against. */
export function describeLost(lost: UsersLost): string {
	const against =
		lost.baseline === 'compared_period'
			? 'everybody who tried in the compared period'
			: 'those of this period who did not meet it';
	const met = `${formatCounted(lost.people, 'user')} met it, and ${lost.succeeded === 0 ? 'none' : formatCompact(lost.succeeded)} of them succeeded all the same.`;
	if (lost.low <= 0)
		return `${met} Measured against ${against}, on the same systems and browsers, no loss is shown: the interval runs from ${whole(lost.low)} to ${whole(lost.high)}.`;
	return `${met} Measured against ${against}, on the same systems and browsers, ${whole(lost.estimate)} more would have succeeded (95\u202f% interval ${whole(lost.low)} to ${whole(lost.high)}).`;
}

/** What rounds to nothing has no sign. */
const whole = (value: number) => formatCompact(Math.round(value) || 0);
