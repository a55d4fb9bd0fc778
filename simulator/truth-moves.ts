import type { CeremonyFact, Fact } from './facts.ts';
import { dayOf } from './truth-days.ts';
import { ownersOf } from './truth-ledger.ts';
import type { Period } from './truth.ts';
import type { Os } from './world/client.ts';
import type { ProviderId } from './world/providers.ts';

/** A passkey that was taken along, and answered there. */
export interface MoveTruth {
	credential: string;
	user: string | undefined;
	from: ProviderId;
	to: Os;
	/** When it first did. */
	at: number;
}

/** Each passkey and system it was taken to, where it first answered there in the period. What the page did not tell of, nobody knows of. */
export function followMoves(facts: readonly Fact[], { from, to, zone }: Period): MoveTruth[] {
	const owners = ownersOf(facts);
	const first = new Map<string, MoveTruth>();
	for (const fact of facts) {
		const move = fact.kind === 'ceremony' && moveIn(fact, owners);
		if (!move) continue;
		const key = `${move.credential} ${move.to}`;
		if (move.at < (first.get(key)?.at ?? Infinity)) first.set(key, move);
	}
	return [...first.values()].filter(({ at }) => {
		const day = dayOf(at, zone);
		return day >= from && day <= to;
	});
}

function moveIn(
	{ credential, clientRecord, client, endedAt }: CeremonyFact,
	owners: Map<string, string>
): MoveTruth | undefined {
	if (!credential?.movedFrom || !clientRecord) return undefined;
	const { ref, movedFrom } = credential;
	return { credential: ref, user: owners.get(ref), from: movedFrom, to: client.os, at: endedAt };
}
