import type { Fact } from './facts.ts';
import {
	knownCredentials,
	ledgerAt,
	namedAt,
	neverTaken,
	ownersOf,
	type KnownCredential
} from './truth-ledger.ts';
import { roleOf, type Role } from './world/people.ts';

const DAY_MS = 86_400_000;

/** Everybody who was named by the end of a day, with their role and what they could use then. */
export function holdersAt(
	facts: readonly Fact[],
	day: string
): { user: string; role: Role | undefined; held: KnownCredential[] }[] {
	const end = Date.parse(day) + DAY_MS;
	const soFar = facts.filter(({ at }) => at < end);
	const over = soFar.filter((fact) => fact.kind !== 'ceremony' || fact.endedAt < end);
	const lifelong = { owners: ownersOf(facts), refused: neverTaken(facts) };
	const named = soFar.filter((fact) => namedAt(fact) < end);
	const { held } = ledgerAt(named, knownCredentials(over, lifelong));
	const users = new Set(named.flatMap(({ user }) => (user === undefined ? [] : [user])));
	return [...users].map((user) => ({ user, role: roleOf(user), held: held.get(user) ?? [] }));
}
