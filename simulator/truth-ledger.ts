import type { CeremonyFact, CredentialFact, Fact } from './facts.ts';
import { startOf } from './truth-days.ts';
import type { Period } from './truth.ts';

/** What users hold at the end of a day. */
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
	/** Usable credentials by user. */
	held: Map<string, KnownCredential[]>;
	/** All of them, those nobody is named for included. */
	usable: KnownCredential[];
}

/** A credential as the facts tell of it. */
export interface KnownCredential {
	ref: string;
	user: string | undefined;
	/** As its registration told it; undefined of one known by its sign-ins alone. */
	aaguid: string | undefined;
	/** As the newest ceremony showed it. */
	newest: CredentialFact;
	legacyClass: CredentialFact['legacyClass'];
	firstSeenAt: number;
	/** First time it was seen backed up. */
	backedUpAt: number;
	refused: boolean;
	revokedAt: number;
	/** Revoked, or the site told the provider that it does not know it. */
	retiredAt: number;
	/** The system and the site's release it was made with, as far as the page told of that ceremony. */
	createdOn: string | undefined;
	createdWith: string | undefined;
	/** Ecosystems of the devices it was used on, and their systems. */
	places: Set<string>;
	systems: Set<string>;
}

/** Who a credential belongs to never changes, so it is known of earlier days too once anything tells it. */
export function ownersOf(facts: readonly Fact[]): Map<string, string> {
	const owners = new Map<string, string>();
	for (const fact of facts)
		if (fact.kind === 'ceremony' && fact.credential && fact.user)
			owners.set(fact.credential.ref, fact.user);
	return owners;
}

/**
 * Credentials the server refused to register, or said that it does not know, and never took. They never existed there, so
 * that too is known of earlier days once anything tells it.
 */
export function neverTaken(facts: readonly Fact[]): Set<string> {
	const [taken, refused] = [new Set<string>(), new Set<string>()];
	for (const fact of facts) {
		if (fact.kind !== 'ceremony' || !fact.credential) continue;
		const { ref } = fact.credential;
		if (fact.verified) taken.add(ref);
		else if (fact.verified === false && fact.type === 'registration') refused.add(ref);
		else if (fact.refusal === 'credential_unknown') refused.add(ref);
	}
	return refused.difference(taken);
}

/** What is known of credentials whatever the day. */
export interface Lifelong {
	owners: Map<string, string>;
	refused: Set<string>;
}

/** Every credential seen in these facts. */
export function knownCredentials(
	facts: readonly Fact[],
	{ owners, refused }: Lifelong
): Map<string, KnownCredential> {
	const known = new Map<string, KnownCredential>();
	for (const fact of facts)
		if (fact.kind === 'ceremony' && fact.credential)
			learn(known, fact, fact.credential, { owners, refused });
	for (const fact of facts) {
		if (fact.kind !== 'revocation' && fact.kind !== 'signal') continue;
		const credential = known.get(fact.credential);
		if (!credential) continue;
		if (fact.kind === 'revocation') credential.revokedAt = Math.min(credential.revokedAt, fact.at);
		credential.retiredAt = Math.min(credential.retiredAt, fact.at);
	}
	return known;
}

function learn(
	known: Map<string, KnownCredential>,
	fact: CeremonyFact,
	seen: CredentialFact,
	{ owners, refused }: Lifelong
) {
	const credential = known.get(seen.ref) ?? {
		ref: seen.ref,
		user: owners.get(seen.ref),
		aaguid: undefined,
		newest: seen,
		legacyClass: undefined,
		firstSeenAt: fact.endedAt,
		backedUpAt: Infinity,
		refused: refused.has(seen.ref),
		revokedAt: Infinity,
		retiredAt: Infinity,
		createdOn: undefined,
		createdWith: undefined,
		places: new Set(),
		systems: new Set()
	};
	known.set(seen.ref, credential);
	credential.newest = seen;
	credential.aaguid ??= seen.aaguid;
	credential.legacyClass ??= seen.legacyClass;
	if (seen.backedUp && seen.backupEligible)
		credential.backedUpAt = Math.min(credential.backedUpAt, fact.endedAt);
	// The page's start names the release, only its end the credential.
	if (fact.type === 'registration' && (fact.startRecord || fact.clientRecord))
		credential.createdWith ??= fact.client.release;
	if (!fact.clientRecord) return;
	if (fact.type === 'registration') credential.createdOn ??= fact.client.os;
	credential.places.add(fact.client.ecosystem);
	credential.systems.add(fact.client.os);
}

/** When the first that was sent of it named its user. */
export function namedAt(fact: Fact): number {
	if (fact.kind === 'visit') return fact.named ? fact.at : Infinity;
	return fact.kind === 'ceremony' && !fact.named ? fact.endedAt : fact.at;
}

export function ledgerAt(
	/** Of whoever was named by then. */
	facts: readonly Fact[],
	credentials: Map<string, KnownCredential>
): Ledger {
	const usable = [...credentials.values()].filter(
		({ refused, revokedAt }) => !refused && revokedAt === Infinity
	);
	const owned = Map.groupBy(
		usable.filter(({ user }) => user !== undefined),
		({ user }) => user!
	);
	const seen = new Set(facts.flatMap(({ user }) => (user === undefined ? [] : [user])));
	const holders = [...owned.values()];
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
		passkeyUsers: holders.length,
		coveredUsers: holders.filter((list) => list.some((one) => stateOf(one) === 'synced')).length,
		lockedOutUsers: holders.filter(
			(list) => list.length === 1 && stateOf(list[0]!) === 'device_bound'
		).length,
		unowned: usable.filter(({ user }) => user === undefined).length,
		seenUsers: seen.size,
		reach: {
			none: reach.filter((count) => count === 0).length,
			one: reach.filter((count) => count === 1).length,
			many: reach.filter((count) => count > 1).length
		},
		holders: new Set(owned.keys()),
		held: owned,
		usable
	};
}

/** The BE/BS pair in words. */
/** What the newest flags say. */
export function stateOf({ newest: { backupEligible, backedUp } }: KnownCredential) {
	if (backupEligible) return backedUp ? 'synced' : 'syncable';
	return backedUp ? 'illegal' : 'device_bound';
}

/** What a change of the backup flags is, as the pages name it. */
export type FlagChangeName =
	'backed_up' | 'no_longer_backed_up' | 'eligibility_changed' | 'illegal';

export interface FlagChangeTruth {
	/** Credentials that showed themselves in the period. */
	seen: number;
	changes: Record<FlagChangeName, { changes: number; credentials: number }>;
}

/** How often backup flags changed from the period's first day on. `facts` up to its last day, from the beginning. */
export function flagChangesOf(facts: readonly Fact[], { from, zone }: Period): FlagChangeTruth {
	const shown = Map.groupBy(
		facts.filter((fact) => fact.kind === 'ceremony').filter(({ credential }) => credential),
		({ credential }) => credential!.ref
	);
	const since = startOf(from, zone);
	const all: { name: FlagChangeName; ref: string }[] = [];
	for (const [ref, list] of shown) {
		const course = list.toSorted((a, b) => a.endedAt - b.endedAt);
		course.forEach(({ credential, endedAt }, index) => {
			const before = course[index - 1]?.credential;
			const name = before && nameChange(before, credential!);
			if (name && endedAt >= since) all.push({ name, ref });
		});
	}
	const of = (name: FlagChangeName) => {
		const refs = all.filter((one) => one.name === name).map(({ ref }) => ref);
		return { changes: refs.length, credentials: new Set(refs).size };
	};
	return {
		seen: [...shown.values()].filter((list) => list.some(({ endedAt }) => endedAt >= since)).length,
		changes: {
			backed_up: of('backed_up'),
			no_longer_backed_up: of('no_longer_backed_up'),
			eligibility_changed: of('eligibility_changed'),
			illegal: of('illegal')
		}
	};
}

function nameChange(before: CredentialFact, after: CredentialFact): FlagChangeName | undefined {
	if (before.backupEligible === after.backupEligible && before.backedUp === after.backedUp)
		return undefined;
	if (after.backedUp && !after.backupEligible) return 'illegal';
	if (before.backupEligible !== after.backupEligible) return 'eligibility_changed';
	return after.backedUp ? 'backed_up' : 'no_longer_backed_up';
}
