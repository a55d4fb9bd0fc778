import type { Fact, VisitFact } from './facts.ts';
import type { Blocker } from './world/capabilities.ts';

/** From the best that a client can do to the least known. */
const RANKS = ['ready', 'embedded', 'no_webauthn', 'no_authenticator', 'untold'] as const;

export type ReadinessTruth = Partial<
	Record<'ready' | Blocker, { visits: number; /** Whose best client it is. */ users: number }>
>;

const stateOf = ({ capable, blocker = 'untold' }: VisitFact) => (capable ? 'ready' : blocker);

/** Visits by what their client can do, and users by the best of theirs. `within`: facts of the period that the filter takes. */
export function countReadiness(within: readonly Fact[]): ReadinessTruth {
	const counts: ReadinessTruth = {};
	const best = new Map<string, number>();
	for (const fact of within) {
		if (fact.kind !== 'visit') continue;
		const state = stateOf(fact);
		(counts[state] ??= { visits: 0, users: 0 }).visits++;
		if (fact.user === undefined) continue;
		best.set(fact.user, Math.min(RANKS.indexOf(state), best.get(fact.user) ?? RANKS.length));
	}
	for (const rank of best.values()) counts[RANKS[rank]!]!.users++;
	return counts;
}
