import type { CeremonyFact, Fact, SigninFact } from './facts.ts';
import type { KnownCredential, Ledger } from './truth-ledger.ts';
import { dayOf } from './truth-days.ts';
import { isUserDriven, type ClientFilter, type Period, type Share } from './truth.ts';
import { followUpgrades } from './truth-upgrades.ts';

/** Every share of the registry, by its id, and the quantiles of the one time. */
export interface KpiTruth {
	shares: Record<string, Share>;
	/** Milliseconds from call to answer, ascending. */
	times: number[];
	untouched: number;
}

const FIVE_MINUTES_MS = 300_000;
const DAY_MS = 86_400_000;

/**
 * `soFar`: all facts up to the period's last day; `within`: those of the period that the filter takes; `everywhere`: of the period alone.
 */
export function kpisOf({
	soFar,
	within,
	everywhere,
	period,
	filter,
	credentials,
	ledger
}: {
	soFar: readonly Fact[];
	within: readonly Fact[];
	everywhere: readonly Fact[];
	period: Period;
	filter: ClientFilter;
	/** As known at the end of the period. */
	credentials: Map<string, KnownCredential>;
	ledger: Ledger;
}): KpiTruth {
	const ceremonies = within.filter((fact) => fact.kind === 'ceremony');
	const driven = ceremonies.filter(isUserDriven);
	const passkeySignins = driven.filter(
		({ type, outcome }) => type === 'authentication' && outcome === 'succeeded'
	);
	const others = within.filter(
		(fact) => fact.kind === 'signin' && fact.outcome === 'succeeded' && fact.method !== 'passkey'
	) as SigninFact[];
	const asked = driven.filter(({ conditional }) => !conditional);
	const responded = ceremonies.filter(
		({ clientSucceeded, verified }) => clientSucceeded || verified !== undefined
	);
	const across = driven.filter(
		({ crossDevice, askedForPhone, clientSucceeded, cause }) =>
			(crossDevice && clientSucceeded) || askedForPhone || cause === 'hybrid_transport_failed'
	);
	const completed = ceremonies.filter(({ clientSucceeded }) => clientSucceeded);
	const decided = everywhere.filter(
		(fact) => fact.kind === 'ceremony' && fact.verified !== undefined
	) as CeremonyFact[];
	const share = (part: readonly unknown[], whole: readonly unknown[]): Share => ({
		numerator: part.length,
		denominator: whole.length
	});
	return {
		shares: {
			usage_rate_enrolled: {
				numerator: passkeySignins.length,
				denominator:
					passkeySignins.length + others.filter((fact) => holdsAt(fact, credentials)).length
			},
			drop_off: share(
				driven.filter(({ outcome }) => outcome === 'abandoned'),
				driven
			),
			abandonment: share(asked.filter(isOverdue), asked),
			rejection_rate: share(
				ceremonies.filter(({ verified }) => verified === false),
				responded
			),
			cda_completion: share(
				across.filter(
					({ crossDevice, clientSucceeded, outcome }) =>
						crossDevice && clientSucceeded && outcome === 'succeeded'
				),
				across
			),
			telemetry_loss: share(decided.filter(isOnPage), decided),
			verdict_coverage: share(
				completed.filter(({ verified }) => verified !== undefined),
				completed
			),
			sync_coverage: { numerator: ledger.coveredUsers, denominator: ledger.passkeyUsers },
			synced_share: { numerator: ledger.eligible, denominator: ledger.credentials },
			backed_up_share: { numerator: ledger.backedUp, denominator: ledger.eligible },
			lockout_risk: { numerator: ledger.lockedOutUsers, denominator: ledger.passkeyUsers },
			reach: { numerator: ledger.reach.many, denominator: ledger.seenUsers },
			password_removal_ready: {
				numerator: countReady({ soFar, period, ledger }),
				denominator: ledger.seenUsers
			},
			upgrade_rate: upgradeRate({ soFar, period, filter, credentials })
		},
		times: driven
			.filter(
				({ type, outcome, conditional, elapsedMs }) =>
					type === 'authentication' &&
					outcome === 'succeeded' &&
					!conditional &&
					elapsedMs !== undefined
			)
			.map(({ elapsedMs }) => elapsedMs!)
			.sort((a, b) => a - b),
		untouched: ceremonies.filter(({ outcome }) => outcome === 'untouched').length
	};
}

/** Anything of the page's reached the collector: a start or an end. Where the end was lost, the start was not. */
const isOnPage = ({ startRecord, clientRecord }: CeremonyFact) => startRecord || clientRecord;

function isOverdue({ outcome, elapsedMs, verified }: CeremonyFact): boolean {
	if (elapsedMs !== undefined) return elapsedMs > FIVE_MINUTES_MS;
	return outcome === 'abandoned' && verified === undefined;
}

function holdsAt({ user, at }: SigninFact, credentials: Map<string, KnownCredential>): boolean {
	if (user === undefined) return false;
	return credentials
		.values()
		.some(
			(held) => held.user === user && !held.refused && held.firstSeenAt <= at && held.revokedAt > at
		);
}

function countReady({
	soFar,
	period,
	ledger
}: {
	soFar: readonly Fact[];
	period: Period;
	ledger: Ledger;
}): number {
	const since = dayOf(Date.parse(period.to) - 59 * DAY_MS);
	const recent = new Set<string>();
	for (const fact of soFar)
		if (
			fact.kind === 'ceremony' &&
			fact.type === 'authentication' &&
			fact.outcome === 'succeeded' &&
			fact.credential &&
			dayOf(fact.at, period.zone) >= since
		)
			recent.add(fact.credential.ref);
	return [...ledger.held.values()].filter(
		(held) =>
			(held.length > 1 || held.some(({ newest }) => newest.backupEligible && newest.backedUp)) &&
			held.some(({ ref }) => recent.has(ref))
	).length;
}

/** Users of a legacy credential, each once, and those of them whose upgrade got as far as its first use in any class. */
function upgradeRate({
	soFar,
	period,
	filter,
	credentials
}: {
	soFar: readonly Fact[];
	period: Period;
	filter: ClientFilter;
	credentials: Map<string, KnownCredential>;
}): Share {
	const [users, upgraded] = [new Set<string>(), new Set<string>()];
	for (const row of followUpgrades({ facts: soFar, period, filter, credentials })) {
		if (row.legacyClass === 'password') continue;
		for (const [user, depth] of row.depths) {
			users.add(user);
			if (depth >= 8) upgraded.add(user);
		}
	}
	return { numerator: upgraded.size, denominator: users.size };
}
