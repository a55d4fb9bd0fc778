/** The funnels as they truly went, user by user and attempt by attempt, in plain code. */
import type { CeremonyFact, Fact, SigninFact } from './facts.ts';
import { namedAt, type KnownCredential } from './truth-ledger.ts';
import { isUserDriven, type Period } from './truth.ts';
import { dayOf, endOf, mondayOf } from './truth-days.ts';

export interface CohortTruth {
	atStep: number[];
	/** Users whose window was over by the end of the period, and those of them who came to use a passkey within it. */
	followed: number;
	cameToUse: number;
}

export interface EnrolmentTruth {
	/** Users at each of the six steps. */
	users: number[];
	/** Who got how far, from 1. */
	depths: Map<string, number>;
	/** Milliseconds from the step before, of each user who reached it; none for the first. */
	gaps: number[][];
	/** By the release of the first visit, and by the Monday of the week they were first seen in. */
	byRelease: Record<string, CohortTruth>;
	byWeek: Record<string, CohortTruth>;
	outside: number;
	enrolledBefore: number;
}

const STEPS = 6;
const DAY_MS = 86_400_000;
/** Cohorts are compared after a week where no other time is chosen. */
const COMPARED_MS = 7 * DAY_MS;

interface Path {
	depth: number;
	times: number[];
}

export function followEnrolment({
	soFar,
	within,
	period,
	credentials,
	withinMs = Infinity
}: {
	/** All facts up to the period's last day. */
	soFar: readonly Fact[];
	/** Those of the period that the filter takes. */
	within: readonly Fact[];
	period: Period;
	credentials: Map<string, KnownCredential>;
	/** All steps must follow the first within this time. */
	withinMs?: number;
}): EnrolmentTruth {
	const enrolled = new Set(
		[...credentials.values()]
			.filter(
				({ firstSeenAt, refused, revokedAt }) =>
					dayOf(firstSeenAt, period.zone) < period.from &&
					!refused &&
					(revokedAt === Infinity || dayOf(revokedAt, period.zone) >= period.from)
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
	for (const fact of soFar)
		if (fact.user !== undefined)
			firstSeen.set(fact.user, Math.min(firstSeen.get(fact.user) ?? Infinity, namedAt(fact)));
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
		const until = first.at + (withinMs === Infinity ? COMPARED_MS : withinMs);
		const outcome = {
			depth,
			followed: until < endOf(period.to, period.zone),
			used: depth === STEPS && times.at(-1)! <= until
		};
		add(truth.byRelease, first.client.release, outcome);
		add(truth.byWeek, mondayOf(firstSeen.get(user)!, period.zone), outcome);
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

function add(
	cohorts: Record<string, CohortTruth>,
	name: string,
	{ depth, followed, used }: { depth: number; followed: boolean; used: boolean }
) {
	const row = (cohorts[name] ??= {
		atStep: Array.from({ length: STEPS }, () => 0),
		followed: 0,
		cameToUse: 0
	});
	for (let step = 0; step < depth; step++) row.atStep[step]!++;
	if (followed) row.followed++;
	if (followed && used) row.cameToUse++;
}

/** When the browser answered: by the page, or, where its record is lost, by the server. */
function answeredAt({ at, startRecord, clientRecord, elapsedMs, endedAt }: CeremonyFact): number {
	if (!clientRecord) return endedAt;
	// Of a ceremony whose start was lost the end is all that is known.
	return startRecord ? at + (elapsedMs ?? 0) : at;
}

/** When that led to something: by the server, or, without its verdict, as the page saw it. */
const succeededAt = (fact: CeremonyFact) =>
	fact.verified === undefined ? answeredAt(fact) : fact.endedAt;

const SIGNIN_ENDS = [
	...['begun', 'tried', 'answered', 'signed_in', 'lost', 'other', 'left'],
	...['fell_back_no_passkey', 'fell_back_failed', 'fell_back_by_choice', 'fell_back_untold']
];

export interface SigninTruth {
	/** By how they went. */
	counts: Record<string, number>;
	/** Milliseconds from the step before, of each attempt that reached it; none for the first. */
	gaps: number[][];
	/** Users of attempts that got this far and no further, from 1; only those that name one. */
	usersAt: Set<string>[];
}

/** Attempts at signing in: how far each went by passkey, and what became of the rest. Those begun in the period. */
export function followSignins({
	facts,
	period,
	withinMs = Infinity
}: {
	/** All that the filter takes, those of the days beside the period included. */
	facts: readonly Fact[];
	period: Period;
	/** All that counts of an attempt follows its beginning within this time. */
	withinMs?: number;
}): SigninTruth {
	const counts: Record<string, number> = Object.fromEntries(SIGNIN_ENDS.map((end) => [end, 0]));
	const gaps: number[][] = Array.from({ length: 4 }, () => []);
	const usersAt = Array.from({ length: 5 }, () => new Set<string>());
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
		const beganAt = Math.min(...parts.map(({ at }) => at));
		const day = dayOf(beganAt, period.zone);
		if (day < period.from || day > period.to) continue;
		const limit = beganAt + withinMs;
		const driven = parts.filter(
			(fact) => fact.kind === 'ceremony' && isUserDriven(fact)
		) as CeremonyFact[];
		const answers = driven.filter(
			({ clientSucceeded, verified }) => clientSucceeded || verified !== undefined
		);
		const successes = driven.filter(({ outcome }) => outcome === 'succeeded');
		const times = [
			beganAt,
			Math.min(...driven.map(({ at }) => at)),
			Math.min(...answers.map(answeredAt)),
			Math.min(...successes.map(succeededAt))
		];
		const missed = times.findIndex((at) => at === Infinity || at > limit);
		const depth = missed === -1 ? 4 : missed;
		for (let step = 1; step < depth; step++)
			gaps[step]!.push(Math.max(0, times[step]! - times[step - 1]!));
		for (const { user } of parts) if (user !== undefined) usersAt[depth]!.add(user);
		const others = parts.filter(
			(fact) =>
				fact.kind === 'signin' &&
				fact.outcome === 'succeeded' &&
				fact.method !== 'passkey' &&
				fact.at <= limit
		);
		count('begun');
		count('tried', depth >= 2);
		count('answered', depth >= 3);
		count('signed_in', depth >= 4);
		if (depth === 4) continue;
		if (depth === 1) {
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
	return { counts, gaps, usersAt };
}

export interface CrossDeviceTruth {
	/** Ceremonies at each of the five steps: started, prompted, answered there, succeeded, a passkey here afterwards. */
	steps: number[];
	/** Milliseconds from the step before; that another device is asked takes no time that a page could see. */
	gaps: number[][];
	/** Answers by `${system that asked} ${ecosystem of the passkey}`. */
	phones: Record<string, number>;
	/** Answers by which time it was for the user on devices of that ecosystem, `unnamed` where nobody is named. */
	turns: Record<string, number>;
	/** Successes after which the user was shown an offer there. */
	offeredHere: number;
	/** Users of ceremonies that got this far and no further, from 1; only those that name one. */
	usersAt: Set<string>[];
}

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
}): CrossDeviceTruth {
	const across = (fact: CeremonyFact) => fact.crossDevice && fact.clientSucceeded;
	const registrations = Map.groupBy(
		everywhere.filter(
			(fact) =>
				fact.kind === 'ceremony' &&
				fact.type === 'registration' &&
				fact.outcome === 'succeeded' &&
				fact.user !== undefined &&
				!across(fact)
		),
		({ user, client }) => `${user} ${client.ecosystem}`
	);
	const offers = Map.groupBy(
		everywhere.filter((fact) => fact.kind === 'prompt' && fact.purpose !== 'sign_in'),
		({ user, client }) => `${user} ${client.ecosystem}`
	);
	const answers = new Map<string, number[]>();
	const phones: Record<string, number> = {};
	const turns: Record<string, number> = {};
	let offeredHere = 0;
	const steps = [0, 0, 0, 0, 0];
	const gaps: number[][] = Array.from({ length: 5 }, () => []);
	const usersAt = Array.from({ length: 6 }, () => new Set<string>());
	for (const fact of within) {
		if (fact.kind !== 'ceremony' || !isUserDriven(fact)) continue;
		const limit = fact.at + withinMs;
		const prompted = across(fact) || fact.askedForPhone || fact.cause === 'hybrid_transport_failed';
		const answered = across(fact) ? answeredAt(fact) : Infinity;
		const here = (registrations.get(`${fact.user} ${fact.client.ecosystem}`) ?? [])
			.map(({ at }) => at)
			.filter((at) => at >= answered);
		const times = [
			fact.at,
			prompted ? fact.at : Infinity,
			answered,
			fact.outcome === 'succeeded' ? succeededAt(fact) : Infinity,
			Math.min(...here)
		];
		const missed = times.findIndex((at) => at === Infinity || at > limit);
		const depth = missed === -1 ? 5 : missed;
		if (fact.user !== undefined) usersAt[depth]!.add(fact.user);
		for (let step = 0; step < depth; step++) {
			steps[step]!++;
			if (step > 1) gaps[step]!.push(Math.max(0, times[step]! - times[step - 1]!));
		}
		if (depth < 3) continue;
		const there = `${fact.user} ${fact.client.ecosystem}`;
		const pair = `${fact.client.os} ${fact.credential!.ecosystem}`;
		phones[pair] = (phones[pair] ?? 0) + 1;
		answers.set(there, [...(answers.get(there) ?? []), answered]);
		if (fact.user === undefined) turns['unnamed'] = (turns['unnamed'] ?? 0) + 1;
		const shown = fact.user === undefined ? [] : (offers.get(there) ?? []);
		if (depth >= 4 && shown.some(({ at }) => at >= answered && at <= limit)) offeredHere++;
	}
	const NAMES = ['first', 'second', 'later'];
	for (const [there, times] of answers)
		if (!there.startsWith('undefined '))
			for (const index of times.keys()) {
				const turn = NAMES[Math.min(index, 2)]!;
				turns[turn] = (turns[turn] ?? 0) + 1;
			}
	return { steps, gaps, phones, turns, offeredHere, usersAt };
}
