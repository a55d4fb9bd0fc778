/** The funnels as they truly went, user by user and attempt by attempt, in plain code. */
import type { CeremonyFact, Fact, SigninFact } from './facts.ts';
import { knownCredentials, type Lifelong } from './truth-ledger.ts';
import { dayOf, isUserDriven, type Period } from './truth.ts';

export interface EnrolmentTruth {
	/** Users at each of the six steps. */
	users: number[];
	/** Who got how far, from 1. */
	depths: Map<string, number>;
	/** Milliseconds from the step before, of each user who reached it; none for the first. */
	gaps: number[][];
	/** By the release of the first visit, and by the Monday of the week they were first seen in. */
	byRelease: Record<string, number[]>;
	byWeek: Record<string, number[]>;
	outside: number;
	enrolledBefore: number;
}

const STEPS = 6;
const DAY_MS = 86_400_000;

interface Path {
	depth: number;
	times: number[];
}

export function followEnrolment({
	soFar,
	within,
	period,
	lifelong,
	withinMs = Infinity
}: {
	/** All facts up to the period's last day. */
	soFar: readonly Fact[];
	/** Those of the period that the filter takes. */
	within: readonly Fact[];
	period: Period;
	lifelong: Lifelong;
	/** All steps must follow the first within this time. */
	withinMs?: number;
}): EnrolmentTruth {
	const enrolled = new Set(
		[...knownCredentials(soFar, lifelong).values()]
			.filter(
				({ firstSeenAt, refused, revokedAt }) =>
					dayOf(firstSeenAt) < period.from &&
					!refused &&
					(revokedAt === Infinity || dayOf(revokedAt) >= period.from)
			)
			.map(({ user }) => user)
	);
	const truth: EnrolmentTruth = {
		users: Array.from({ length: STEPS }, () => 0),
		depths: new Map(),
		gaps: Array.from({ length: STEPS }, () => []),
		byRelease: {},
		byWeek: {},
		outside: 0,
		enrolledBefore: 0
	};
	const firstSeen = new Map<string, number>();
	for (const { user, at } of soFar)
		if (user !== undefined) firstSeen.set(user, Math.min(firstSeen.get(user) ?? Infinity, at));
	const byUser = Map.groupBy(
		within.filter(({ user }) => user !== undefined),
		({ user }) => user!
	);
	const uses = new Map<string, number[]>();
	for (const fact of within)
		if (
			fact.kind === 'ceremony' &&
			fact.type === 'authentication' &&
			fact.outcome === 'succeeded' &&
			fact.credential
		)
			uses.set(fact.credential.ref, [...(uses.get(fact.credential.ref) ?? []), fact.endedAt]);
	const creators = new Set<string>();
	for (const [user, facts] of byUser) {
		if (facts.some(isCreation)) creators.add(user);
		const first = facts
			.filter((fact) => fact.kind === 'visit' && fact.capable)
			.sort((a, b) => a.at - b.at)[0];
		if (!first) continue;
		if (enrolled.has(user)) {
			truth.enrolledBefore++;
			continue;
		}
		const { depth, times } = pathOf({ facts, uses, start: first.at, limit: first.at + withinMs });
		truth.depths.set(user, depth);
		for (let step = 0; step < depth; step++) {
			truth.users[step]!++;
			if (step > 0) truth.gaps[step]!.push(Math.max(0, times[step]! - times[step - 1]!));
		}
		add(truth.byRelease, first.client.release, depth);
		add(truth.byWeek, mondayOf(firstSeen.get(user)!), depth);
	}
	const inside = [...truth.depths].filter(([, depth]) => depth >= 4).length;
	truth.outside = creators.size - inside;
	return truth;
}

const isCreation = (fact: Fact) =>
	fact.kind === 'ceremony' &&
	fact.type === 'registration' &&
	isUserDriven(fact) &&
	(fact.clientSucceeded || fact.verified !== undefined);

function pathOf({
	facts,
	uses,
	start,
	limit
}: {
	facts: readonly Fact[];
	uses: Map<string, number[]>;
	start: number;
	limit: number;
}): Path {
	const offers = facts.filter(
		(fact) =>
			fact.kind === 'prompt' && fact.purpose !== 'sign_in' && fact.at >= start && fact.at <= limit
	);
	if (offers.length === 0) return { depth: 1, times: [start] };
	const offeredAt = Math.min(...offers.map(({ at }) => at));
	const prompts = new Set(offers.map((fact) => (fact.kind === 'prompt' ? fact.id : '')));
	let best: Path = { depth: 2, times: [start, offeredAt] };
	for (const fact of facts) {
		if (fact.kind !== 'ceremony' || fact.type !== 'registration' || !isUserDriven(fact)) continue;
		if (fact.at > limit || !(fact.at >= offeredAt || prompts.has(fact.promptId ?? ''))) continue;
		const path = pathOfAttempt({ attempt: fact, uses, limit, before: [start, offeredAt] });
		if (
			path.depth > best.depth ||
			(path.depth === best.depth && path.times.at(-1)! < best.times.at(-1)!)
		)
			best = path;
	}
	return best;
}

function pathOfAttempt({
	attempt,
	uses,
	limit,
	before
}: {
	attempt: CeremonyFact;
	/** Times of successful sign-ins by passkey. */
	uses: Map<string, number[]>;
	limit: number;
	before: number[];
}): Path {
	const { at, endedAt, clientSucceeded, verified, credential } = attempt;
	if (!(clientSucceeded || verified !== undefined) || endedAt > limit)
		return { depth: 3, times: [...before, at] };
	if (verified !== true) return { depth: 4, times: [...before, at, endedAt] };
	// Whose a sign-in was is known by the passkey, even where nothing that was sent named the user.
	const times = (uses.get(credential?.ref ?? '') ?? []).filter((usedAt) => usedAt <= limit);
	if (times.length === 0) return { depth: 5, times: [...before, at, endedAt, endedAt] };
	return { depth: 6, times: [...before, at, endedAt, endedAt, Math.min(...times)] };
}

function add(cohorts: Record<string, number[]>, name: string, depth: number) {
	const row = (cohorts[name] ??= Array.from({ length: STEPS }, () => 0));
	for (let step = 0; step < depth; step++) row[step]!++;
}

function mondayOf(at: number): string {
	return dayOf(at - ((new Date(at).getUTCDay() + 6) % 7) * DAY_MS);
}

/** Attempts at signing in: how far each went by passkey, and what became of the rest. Those begun in the period. */
export function followSignins({
	facts,
	period
}: {
	/** All that the filter takes, those of the days beside the period included. */
	facts: readonly Fact[];
	period: Period;
}): Record<string, number> {
	const counts: Record<string, number> = {};
	const count = (name: string, yes = true) => {
		counts[name] = (counts[name] ?? 0) + (yes ? 1 : 0);
	};
	const attempts = Map.groupBy(
		facts.filter(
			(fact): fact is SigninFact | CeremonyFact =>
				(fact.kind === 'ceremony' && fact.type === 'authentication') || fact.kind === 'signin'
		),
		({ flow }) => flow
	);
	for (const parts of attempts.values()) {
		const began = dayOf(Math.min(...parts.map(({ at }) => at)));
		if (began < period.from || began > period.to) continue;
		const driven = parts.filter(
			(fact) => fact.kind === 'ceremony' && isUserDriven(fact)
		) as CeremonyFact[];
		const others = parts.filter(
			(fact) => fact.kind === 'signin' && fact.outcome === 'succeeded' && fact.method !== 'passkey'
		);
		const answered = driven.some(
			({ clientSucceeded, verified }) => clientSucceeded || verified !== undefined
		);
		const signedIn = driven.some(({ outcome }) => outcome === 'succeeded');
		count('begun');
		count('tried', driven.length > 0);
		count('answered', answered);
		count('signed_in', signedIn);
		if (signedIn) continue;
		if (driven.length === 0) {
			count('other', others.length > 0);
			count('left', others.length === 0);
			continue;
		}
		const reason = others
			.map((fact) => (fact.kind === 'signin' ? (fact.fallback ?? '') : ''))
			.sort()
			.at(-1);
		count('lost', reason === undefined);
		count('fell_back_no_passkey', reason === 'no_passkey_here');
		count('fell_back_failed', reason === 'ceremony_failed');
		count('fell_back_by_choice', reason === 'user_choice');
		count('fell_back_untold', reason === '');
	}
	return counts;
}

/** Ceremonies at each of the five steps across devices: started, prompted, answered there, succeeded, a passkey here afterwards. */
export function followCrossDevice({
	within,
	everywhere,
	withinMs = Infinity
}: {
	/** Facts of the period that the filter takes. */
	within: readonly Fact[];
	/** Those of the period, whatever the client. */
	everywhere: readonly Fact[];
	withinMs?: number;
}): number[] {
	const across = (fact: CeremonyFact) => fact.crossDevice && fact.clientSucceeded;
	const registrations = everywhere.filter(
		(fact) =>
			fact.kind === 'ceremony' &&
			fact.type === 'registration' &&
			fact.outcome === 'succeeded' &&
			!across(fact)
	);
	const steps = [0, 0, 0, 0, 0];
	for (const fact of within) {
		if (fact.kind !== 'ceremony' || !isUserDriven(fact)) continue;
		const prompted = across(fact) || fact.askedForPhone || fact.cause === 'hybrid_transport_failed';
		const here = registrations.some(
			({ user, client, at }) =>
				user !== undefined &&
				user === fact.user &&
				client.ecosystem === fact.client.ecosystem &&
				at > fact.at &&
				at <= fact.at + withinMs
		);
		const depth = !prompted
			? 1
			: !across(fact)
				? 2
				: fact.outcome !== 'succeeded'
					? 3
					: here
						? 5
						: 4;
		for (let step = 0; step < depth; step++) steps[step]!++;
	}
	return steps;
}
