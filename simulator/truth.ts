/**
 * The oracle: what the pages must show, counted in plain code from what the model wrote down as it happened.
 * It shares no line with the collector, the tables or the queries; a figure that differs is wrong on one side.
 */
import type { CeremonyFact, Fact, Outcome, PromptFact, SigninFact } from './facts.ts';
import {
	flagChangesOf,
	knownCredentials,
	ledgerAt,
	namedAt,
	neverTaken,
	ownersOf,
	type FlagChangeTruth,
	type Ledger
} from './truth-ledger.ts';
import {
	followCrossDevice,
	followEnrolment,
	followSignins,
	type CrossDeviceTruth,
	type EnrolmentTruth,
	type SigninTruth
} from './truth-funnels.ts';
import { countReadiness, type ReadinessTruth } from './truth-readiness.ts';
import { followRetention, type RetentionTruth } from './truth-retention.ts';
import { dayOf, endOf } from './truth-days.ts';
import { findStranded } from './truth-stranded.ts';
import { kpisOf, type KpiTruth } from './truth-kpis.ts';
import { followUpgrades, type UpgradeTruth } from './truth-upgrades.ts';

export { dayOf } from './truth-days.ts';

export interface Period {
	/** First and last day, `YYYY-MM-DD`, both included. */
	from: string;
	to: string;
	/** The zone whose days they are: an IANA name; UTC when left out. */
	zone?: string | undefined;
}

/** Which facts count: the client's operating system, browser, release and ecosystem; undefined takes all. */
export interface ClientFilter {
	os?: string | undefined;
	browser?: string | undefined;
	release?: string | undefined;
	ecosystem?: string | undefined;
}

/** A share as it is: what is counted, of what. */
export interface Share {
	numerator: number;
	denominator: number;
}

/** Prompts that were shown, and what came of them. */
export interface PromptCounts {
	shown: number;
	accepted: number;
	dismissed: number;
	created: number;
}

export interface Truth {
	usersSeen: number;
	usersOffered: number;
	usersCreated: number;
	eligible: Share;
	activation: Share;
	enrollment: Share;
	usageAll: Share;
	fallback: Share;
	ceremonySuccess: Share;
	cancelRate: Share;
	errorRate: Share;
	rejectionRate: Share;
	/** Every ceremony, by how it ended. */
	outcomes: Partial<Record<Outcome, number>>;
	causes: Record<string, number>;
	/** Successful sign-ins by method, passkeys as the ceremonies they are. */
	signins: Record<string, number>;
	/** How long each of them took by other methods, in milliseconds, ascending. */
	signinTimes: Record<string, number[]>;
	readiness: ReadinessTruth;
	promptsByShowing: Record<number, PromptCounts>;
	promptsByPlacement: Record<string, PromptCounts>;
	sync: Ledger;
	flagChanges: FlagChangeTruth;
	stranded: Record<string, Set<string>>;
	/** Every figure of the registry that is not above. */
	kpis: KpiTruth;
	upgrades: UpgradeTruth[];
	enrolment: EnrolmentTruth;
	signinFunnel: SigninTruth;
	crossDevice: CrossDeviceTruth;
	retention: RetentionTruth;
}

/** The true values of a period, as its last day saw them. `facts` from the beginning of the simulation on. */
export function truthOf({
	facts,
	period,
	filter = {},
	withinMs = Infinity
}: {
	/** Of the funnels: all steps follow the first within this time. */
	withinMs?: number;
	facts: readonly Fact[];
	period: Period;
	filter?: ClientFilter;
}): Truth {
	const soFar = facts.filter(({ at }) => dayOf(at, period.zone) <= period.to);
	const everywhere = soFar.filter(({ at }) => dayOf(at, period.zone) >= period.from);
	const matches = (fact: Fact) =>
		isOnDevice(fact, filter) && (!filter.ecosystem || fact.client.ecosystem === filter.ecosystem);
	const within = everywhere.filter(matches);
	const lifelong = { owners: ownersOf(facts), refused: neverTaken(facts) };
	// A ceremony is of the day it began; what it showed of a credential was seen when it ended.
	const over = soFar.filter(
		(fact) => fact.kind !== 'ceremony' || dayOf(fact.endedAt, period.zone) <= period.to
	);
	const credentials = knownCredentials(over, lifelong);
	const named = soFar.filter((fact) => namedAt(fact) < endOf(period.to, period.zone));
	const sync = ledgerAt(named, credentials);
	const ceremonies = within.filter((fact) => fact.kind === 'ceremony');
	const driven = ceremonies.filter(isUserDriven);
	const prompts = within.filter((fact) => fact.kind === 'prompt');
	const seen = usersOf(within.filter(({ kind }) => kind !== 'revocation' && kind !== 'signal'));
	const offered = usersOf(prompts.filter(({ purpose }) => purpose !== 'sign_in'));
	const created = usersOf(
		ceremonies.filter(({ type, outcome }) => type === 'registration' && outcome === 'succeeded')
	);
	const passkeySignins = driven.filter(
		({ type, outcome }) => type === 'authentication' && outcome === 'succeeded'
	).length;
	const others = within
		.filter((fact) => fact.kind === 'signin')
		.filter(({ outcome, method }) => outcome === 'succeeded' && method !== 'passkey');
	const fallbacks = within.filter(
		(fact) => fact.kind === 'signin' && fact.fallback !== undefined
	).length;
	const completed = ceremonies.filter(({ clientSucceeded }) => clientSucceeded);
	const undecided = driven.filter(
		({ clientSucceeded, verified }) => clientSucceeded && verified === undefined
	);
	const ended = (outcome: Outcome) => ({
		numerator: driven.filter((fact) => fact.outcome === outcome).length,
		denominator: driven.length
	});
	return {
		usersSeen: seen.size,
		usersOffered: offered.size,
		usersCreated: created.size,
		eligible: {
			numerator: usersOf(within.filter((fact) => fact.kind === 'visit' && fact.capable)).size,
			denominator: seen.size
		},
		activation: { numerator: seen.intersection(sync.holders).size, denominator: seen.size },
		enrollment: { numerator: offered.intersection(created).size, denominator: offered.size },
		usageAll: { numerator: passkeySignins, denominator: passkeySignins + others.length },
		fallback: { numerator: fallbacks, denominator: fallbacks + passkeySignins },
		ceremonySuccess: {
			numerator: driven.filter(({ verified }) => verified === true).length,
			denominator: driven.length - undecided.length
		},
		cancelRate: ended('cancelled'),
		errorRate: ended('failed'),
		rejectionRate: {
			numerator: ceremonies.filter(({ outcome }) => outcome === 'rejected').length,
			denominator: completed.length
		},
		outcomes: tally(ceremonies.map(({ outcome }) => outcome)),
		causes: tally(ceremonies.map(({ cause }) => cause).filter((cause) => cause !== '')),
		signins: {
			...tally(others.map(({ method }) => method)),
			passkey: passkeySignins
		},
		signinTimes: timesByMethod(others),
		readiness: countReadiness(within),
		promptsByShowing: countPrompts(prompts, facts, ({ showing }) => Math.min(showing, 5)),
		promptsByPlacement: countPrompts(
			prompts.filter(({ purpose }) => purpose !== 'sign_in'),
			facts,
			({ placement }) => placement
		),
		sync,
		flagChanges: flagChangesOf(over, period),
		stranded: findStranded({ within, held: sync.held }),
		kpis: kpisOf({ soFar, within, everywhere, period, filter, credentials, ledger: sync }),
		upgrades: followUpgrades({ facts: soFar, period, filter, credentials, withinMs }),
		enrolment: followEnrolment({ soFar, within, period, credentials, withinMs }),
		signinFunnel: followSignins({ facts: facts.filter(matches), period, withinMs }),
		crossDevice: followCrossDevice({ within, everywhere, withinMs }),
		retention: followRetention({ soFar, period, filter })
	};
}

/** The filter takes the fact's client, but for its ecosystem. */
export const isOnDevice = ({ client }: Fact, { os, browser, release }: ClientFilter) =>
	(!os || client.os === os) &&
	(!browser || client.browser === browser) &&
	(!release || client.release === release);

/** Started by a user's action: a conditional request counts once a passkey was picked, a conditional create never does. */
export const isUserDriven = ({ type, conditional, outcome }: CeremonyFact) =>
	outcome !== 'untouched' && !(type === 'registration' && conditional);

function usersOf(facts: readonly Fact[]): Set<string> {
	return new Set(facts.flatMap(({ user }) => (user === undefined ? [] : [user])));
}

function countPrompts<Part extends string | number>(
	prompts: readonly PromptFact[],
	facts: readonly Fact[],
	partOf: (prompt: PromptFact) => Part
): Record<Part, PromptCounts> {
	const led = new Set(
		facts.flatMap((fact) =>
			fact.kind === 'ceremony' && fact.outcome === 'succeeded' && fact.promptId
				? [fact.promptId]
				: []
		)
	);
	const counts = {} as Record<Part, PromptCounts>;
	for (const prompt of prompts) {
		const { id, answer } = prompt;
		const row = (counts[partOf(prompt)] ??= {
			shown: 0,
			accepted: 0,
			dismissed: 0,
			created: 0
		});
		row.shown++;
		if (answer === 'accepted') row.accepted++;
		if (answer === 'dismissed') row.dismissed++;
		if (led.has(id)) row.created++;
	}
	return counts;
}

function timesByMethod(signins: readonly SigninFact[]): Record<string, number[]> {
	const times: Record<string, number[]> = {};
	for (const { method, elapsedMs } of signins) (times[method] ??= []).push(elapsedMs);
	for (const list of Object.values(times)) list.sort((a, b) => a - b);
	return times;
}

function tally<Word extends string>(words: readonly Word[]): Record<Word, number> {
	const counts = {} as Record<Word, number>;
	for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
	return counts;
}
