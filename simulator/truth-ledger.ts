import type { CeremonyFact, CredentialFact, Fact } from './facts.ts';

/** What users hold at the end of the facts given. */
export interface Ledger {
	credentials: number;
	/** BE=1. */
	eligible: number;
	backedUp: number;
	states: Record<string, number>;
	passkeyUsers: number;
	/** Of these, with at least one backed-up credential. */
	coveredUsers: number;
	/** Of these, whose only credential is device-bound. */
	lockedOutUsers: number;
	/** Credentials nobody is named for. */
	unowned: number;
	seenUsers: number;
	/** Users with usable credentials in none, one, two or more ecosystems. */
	reach: { none: number; one: number; many: number };
	holders: Set<string>;
}

/** A credential as the facts tell of it. */
export interface KnownCredential {
	ref: string;
	user: string | undefined;
	/** As the newest ceremony showed it. */
	newest: CredentialFact;
	legacyClass: CredentialFact['legacyClass'];
	firstSeenAt: number;
	/** First time it was seen backed up. */
	backedUpAt: number;
	refused: boolean;
	revokedAt: number;
	/** Ecosystems of the devices it was used on. */
	places: Set<string>;
}

/** Every credential seen in these facts. */
export function knownCredentials(facts: readonly Fact[]): Map<string, KnownCredential> {
	const known = new Map<string, KnownCredential>();
	for (const fact of facts)
		if (fact.kind === 'ceremony' && fact.credential) learn(known, fact, fact.credential);
	for (const fact of facts) {
		const credential = fact.kind === 'revocation' ? known.get(fact.credential) : undefined;
		if (credential) credential.revokedAt = Math.min(credential.revokedAt, fact.at);
	}
	return known;
}

function learn(known: Map<string, KnownCredential>, fact: CeremonyFact, seen: CredentialFact) {
	const credential = known.get(seen.ref) ?? {
		ref: seen.ref,
		user: undefined,
		newest: seen,
		legacyClass: undefined,
		firstSeenAt: fact.endedAt,
		backedUpAt: Infinity,
		refused: false,
		revokedAt: Infinity,
		places: new Set()
	};
	known.set(seen.ref, credential);
	credential.user ??= fact.user;
	credential.newest = seen;
	credential.legacyClass ??= seen.legacyClass;
	if (seen.backedUp && seen.backupEligible)
		credential.backedUpAt = Math.min(credential.backedUpAt, fact.endedAt);
	if (fact.type === 'registration' && fact.verified === false) credential.refused = true;
	if (fact.clientRecord) credential.places.add(fact.client.ecosystem);
}

export function ledgerAt(facts: readonly Fact[]): Ledger {
	const usable = [...knownCredentials(facts).values()].filter(
		({ refused, revokedAt }) => !refused && revokedAt === Infinity
	);
	const owned = Map.groupBy(
		usable.filter(({ user }) => user !== undefined),
		({ user }) => user!
	);
	const seen = new Set(facts.flatMap(({ user }) => (user === undefined ? [] : [user])));
	const owners = [...owned.values()];
	const reach = [...seen].map(
		(user) => new Set(owned.get(user)?.map(({ newest }) => newest.ecosystem)).size
	);
	const states = usable.map(stateOf);
	return {
		credentials: usable.length,
		eligible: usable.filter(({ newest }) => newest.backupEligible).length,
		backedUp: states.filter((state) => state === 'synced').length,
		states: Object.fromEntries(
			Map.groupBy(states, (state) => state)
				.entries()
				.map(([state, list]) => [state, list.length])
		),
		passkeyUsers: owners.length,
		coveredUsers: owners.filter((list) => list.some((one) => stateOf(one) === 'synced')).length,
		lockedOutUsers: owners.filter(
			(list) => list.length === 1 && stateOf(list[0]!) === 'device_bound'
		).length,
		unowned: usable.filter(({ user }) => user === undefined).length,
		seenUsers: seen.size,
		reach: {
			none: reach.filter((count) => count === 0).length,
			one: reach.filter((count) => count === 1).length,
			many: reach.filter((count) => count > 1).length
		},
		holders: new Set(owned.keys())
	};
}

/** The BE/BS pair in words. */
function stateOf({ newest: { backupEligible, backedUp } }: KnownCredential) {
	if (backupEligible) return backedUp ? 'synced' : 'syncable';
	return backedUp ? 'illegal' : 'device_bound';
}
