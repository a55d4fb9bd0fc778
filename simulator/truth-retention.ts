import type { Fact } from './facts.ts';
import { isOnDevice, type ClientFilter, type Period } from './truth.ts';
import { dayOf, mondayOf } from './truth-days.ts';

const DAY_MS = 86_400_000;

/** By the Monday of the first passkey: its users, and of each whole week since how many signed in at all and by passkey. */
export type RetentionTruth = Record<
	string,
	{ users: number; weeks: Record<number, { came: number; used: number }> }
>;

/** Whether users go on to use the passkey they created. `soFar`: all facts up to the period's last day. */
export function followRetention({
	soFar,
	period,
	filter
}: {
	soFar: readonly Fact[];
	period: Period;
	filter: ClientFilter;
}): RetentionTruth {
	const first = new Map<string, Fact>();
	for (const fact of soFar)
		if (
			fact.kind === 'ceremony' &&
			fact.type === 'registration' &&
			fact.outcome === 'succeeded' &&
			fact.user !== undefined &&
			!first.has(fact.user)
		)
			first.set(fact.user, fact);
	const cohorts: RetentionTruth = {};
	const cohortOf = new Map<string, string>();
	for (const [user, fact] of first) {
		if (dayOf(fact.at, period.zone) < period.from || !isOnDevice(fact, filter)) continue;
		if (filter.ecosystem && fact.client.ecosystem !== filter.ecosystem) continue;
		const cohort = mondayOf(fact.at, period.zone);
		cohortOf.set(user, cohort);
		(cohorts[cohort] ??= { users: 0, weeks: {} }).users++;
	}
	const seen = new Map<string, boolean>();
	for (const fact of soFar) {
		const byPasskey =
			fact.kind === 'ceremony' && fact.type === 'authentication' && fact.outcome === 'succeeded';
		const otherwise =
			fact.kind === 'signin' && fact.outcome === 'succeeded' && fact.method !== 'passkey';
		if (!fact.user || !(byPasskey || otherwise) || !cohortOf.has(fact.user)) continue;
		const key = `${fact.user} ${mondayOf(fact.at, period.zone)}`;
		seen.set(key, (seen.get(key) ?? false) || byPasskey);
	}
	for (const [key, byPasskey] of seen) {
		const [user, monday] = key.split(' ') as [string, string];
		const cohort = cohortOf.get(user)!;
		const week = Math.round((Date.parse(monday) - Date.parse(cohort)) / (7 * DAY_MS));
		if (week < 1 || week > 12 || Date.parse(monday) + 6 * DAY_MS > Date.parse(period.to)) continue;
		const row = (cohorts[cohort]!.weeks[week] ??= { came: 0, used: 0 });
		row.came++;
		if (byPasskey) row.used++;
	}
	return cohorts;
}
