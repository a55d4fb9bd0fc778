import type { CeremonyFact, Fact } from './facts.ts';
import type { KnownCredential } from './truth-ledger.ts';
import { dayOf } from './truth-days.ts';
import { isOnDevice, type ClientFilter, type Period } from './truth.ts';

/** Users of a legacy class (or of a password) who reached each of the nine steps, the first step first. */
export interface UpgradeTruth {
	ecosystem: string;
	legacyClass: string;
	users: number[];
	/** How far each user got, from 1. */
	depths: Map<string, number>;
	traps: UpgradeTraps;
}

/** What went wrong beside the steps, of registrations within the time. */
export interface UpgradeTraps {
	/** Ended because excludeCredentials named a credential of the device. */
	blocked: number;
	blockedUsers: number;
	/** Users who got a credential that cannot sync, and none that can. */
	notSyncedUsers: number;
	/** Conditional creates. */
	automatic: number;
	automaticMade: number;
	automaticNotEligible: number;
}

const STEPS = 9;

/** Where each class's upgrade happens; a security key's anywhere. */
const PLACE_OF: Record<string, string> = {
	apple_platform: 'apple',
	chrome_mac_profile: 'apple',
	android_platform: 'google',
	windows_hello: 'microsoft',
	u2f_key: 'security_key'
};

interface Start {
	user: string;
	legacyClass: string;
	ecosystem: string;
	/** First sign-in of the period with the class. */
	at: number;
	/** When the last credential used of it was retired. */
	retiredAt: number;
}

/** Follows everyone who signed in with a legacy credential, or a password, through the steps of the reference's funnel. */
export function followUpgrades({
	facts,
	period,
	filter,
	credentials,
	withinMs = Infinity
}: {
	/** All steps must follow the first within this time. */
	withinMs?: number;
	/** As known at the end of the period. */
	credentials: Map<string, KnownCredential>;
	facts: readonly Fact[];
	period: Period;
	filter: ClientFilter;
}): UpgradeTruth[] {
	const rows = new Map<string, UpgradeTruth>();
	const byUser = Map.groupBy(
		facts.filter(({ user }) => user !== undefined),
		({ user }) => user!
	);
	for (const start of findStarts({ facts, period, filter, credentials })) {
		const key = `${start.ecosystem} ${start.legacyClass}`;
		const row = rows.get(key) ?? {
			ecosystem: start.ecosystem,
			legacyClass: start.legacyClass,
			users: Array.from({ length: STEPS }, () => 0),
			depths: new Map<string, number>(),
			traps: {
				...{ blocked: 0, blockedUsers: 0, notSyncedUsers: 0 },
				...{ automatic: 0, automaticMade: 0, automaticNotEligible: 0 }
			}
		};
		rows.set(key, row);
		const asked = {
			start,
			facts: byUser.get(start.user) ?? [],
			period,
			limit: start.at + withinMs
		};
		countTraps(row.traps, asked);
		const reached = depthOf({ ...asked, credentials });
		row.depths.set(start.user, reached);
		for (let step = 0; step < reached; step++) row.users[step]!++;
	}
	return [...rows.values()].sort((a, b) =>
		a.ecosystem + a.legacyClass < b.ecosystem + b.legacyClass ? -1 : 1
	);
}

function findStarts({
	facts,
	period,
	filter,
	credentials
}: {
	facts: readonly Fact[];
	period: Period;
	filter: ClientFilter;
	credentials: Map<string, KnownCredential>;
}): Start[] {
	const starts = new Map<string, Start>();
	const add = (start: Start) => {
		const key = `${start.user} ${start.legacyClass} ${start.ecosystem}`;
		const known = starts.get(key);
		if (!known) return void starts.set(key, start);
		known.at = Math.min(known.at, start.at);
		known.retiredAt = Math.max(known.retiredAt, start.retiredAt);
	};
	for (const fact of facts) {
		if (dayOf(fact.at, period.zone) < period.from || !isOnDevice(fact, filter)) continue;
		if (
			fact.kind === 'signin' &&
			fact.method === 'password' &&
			fact.outcome === 'succeeded' &&
			fact.user
		)
			add({
				user: fact.user,
				legacyClass: 'password',
				ecosystem: fact.client.ecosystem,
				at: fact.at,
				retiredAt: Infinity
			});
		if (
			fact.kind !== 'ceremony' ||
			fact.type !== 'authentication' ||
			fact.verified !== true ||
			!fact.user
		)
			continue;
		const credential = credentials.get(fact.credential?.ref ?? '');
		if (credential?.legacyClass)
			add({
				user: fact.user,
				legacyClass: credential.legacyClass,
				ecosystem: PLACE_OF[credential.legacyClass]!,
				at: fact.endedAt,
				retiredAt: credential.retiredAt
			});
	}
	return [...starts.values()].filter(
		({ ecosystem }) => !filter.ecosystem || ecosystem === filter.ecosystem
	);
}

function countTraps(
	traps: UpgradeTraps,
	{
		start,
		facts,
		period,
		limit
	}: { start: Start; facts: readonly Fact[]; period: Period; limit: number }
) {
	const attempts = facts.filter(
		(fact): fact is CeremonyFact =>
			fact.kind === 'ceremony' &&
			fact.type === 'registration' &&
			dayOf(fact.at, period.zone) >= period.from &&
			fact.at >= start.at &&
			fact.at <= limit &&
			(start.legacyClass === 'u2f_key' || fact.client.ecosystem === start.ecosystem)
	);
	const blocked = attempts.filter(({ cause }) => cause === 'already_registered').length;
	const made = attempts.filter(
		({ clientSucceeded, verified }) => clientSucceeded || verified !== undefined
	);
	const synced = made.filter(
		({ credential, endedAt }) => credential?.backupEligible && endedAt <= limit
	);
	const automatic = attempts.filter(({ conditional }) => conditional);
	traps.blocked += blocked;
	traps.blockedUsers += blocked > 0 ? 1 : 0;
	traps.notSyncedUsers +=
		synced.length === 0 && made.some(({ credential }) => credential?.backupEligible === false)
			? 1
			: 0;
	traps.automatic += automatic.length;
	traps.automaticMade += made.filter(({ conditional }) => conditional).length;
	traps.automaticNotEligible += automatic.filter(({ cause }) =>
		['conditional_not_eligible', 'timed_out'].includes(cause)
	).length;
}

/** The last step reached, each only when all before it were. */
function depthOf({
	start,
	facts,
	period,
	credentials,
	limit
}: {
	limit: number;
	start: Start;
	facts: readonly Fact[];
	period: Period;
	credentials: Map<string, KnownCredential>;
}): number {
	const anywhere = start.legacyClass === 'u2f_key';
	const inPlace = ({ client }: Fact) => anywhere || client.ecosystem === start.ecosystem;
	const inPeriod = ({ at }: Fact) => dayOf(at, period.zone) >= period.from;
	const registrations = facts.filter(
		(fact) =>
			fact.kind === 'ceremony' && fact.type === 'registration' && inPeriod(fact) && inPlace(fact)
	) as CeremonyFact[];
	const canSync =
		registrations.length > 0 ||
		facts.some((fact) => fact.kind === 'visit' && fact.syncedCapable === true && inPlace(fact));
	const hasSynced = [...credentials.values()].some(
		({ user, newest, refused, firstSeenAt, retiredAt, places }) =>
			user === start.user &&
			newest.backupEligible &&
			!refused &&
			firstSeenAt < start.at &&
			retiredAt > start.at &&
			(anywhere || places.has(start.ecosystem) || newest.ecosystem === start.ecosystem)
	);
	if (hasSynced || !canSync) return 1;
	const offered = facts.some(
		(fact) =>
			fact.kind === 'prompt' &&
			fact.purpose !== 'sign_in' &&
			inPeriod(fact) &&
			fact.at >= start.at &&
			fact.at <= limit &&
			inPlace(fact)
	);
	const attempts = registrations
		.filter(({ at }) => at >= start.at && at <= limit)
		.map((attempt) => depthOfAttempt({ attempt, start, facts, credentials, limit }));
	return Math.max(offered ? 3 : 2, ...attempts);
}

function depthOfAttempt({
	attempt,
	start,
	facts,
	credentials,
	limit
}: {
	limit: number;
	attempt: CeremonyFact;
	start: Start;
	facts: readonly Fact[];
	credentials: Map<string, KnownCredential>;
}): number {
	const made = attempt.credential;
	if (!made?.backupEligible) return 4;
	if (attempt.verified !== true) return 5;
	// Not known yet where the period ended before the ceremony did.
	const { backedUpAt = Infinity } = credentials.get(made.ref) ?? {};
	if (backedUpAt === Infinity || backedUpAt > limit) return 6;
	const used = facts.some(
		(fact) =>
			fact.kind === 'ceremony' &&
			fact.type === 'authentication' &&
			fact.verified === true &&
			fact.credential?.ref === made.ref &&
			fact.endedAt >= backedUpAt &&
			fact.endedAt <= limit
	);
	if (!used) return 7;
	const retired = start.retiredAt >= start.at && start.retiredAt !== Infinity;
	return retired && start.retiredAt <= limit ? 9 : 8;
}
