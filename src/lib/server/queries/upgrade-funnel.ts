import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { funnelParameters, type FunnelParameters } from './funnel-parameters.ts';
import { UPGRADE_SQL } from './upgrade-sql.ts';

/** The nine steps, in order. */
export const UPGRADE_STEPS = [
	'legacy_active',
	'eligible',
	'offered',
	'started',
	'created',
	'verified',
	'backed_up',
	'first_use',
	'retired'
] as const;

export type UpgradeStep = (typeof UPGRADE_STEPS)[number];

const outcomes = z.object({
	ecosystem: z.string(),
	legacy_class: z.string(),
	users: count,
	/** Not eligible: a passkey that can sync (BE=1) was there before the legacy sign-in. */
	has_synced_users: count,
	/** Not eligible: every client of theirs that told said it cannot create a synced passkey. */
	cannot_sync_users: count,
	/** Not eligible: no client told, and no registration was started there. */
	unknown_users: count,
	/** Got a credential without BE, and none with it. */
	created_not_synced_users: count,
	/** Their registration ended because `excludeCredentials` held a credential of the device. */
	already_registered_users: count,
	already_registered_attempts: count,
	automatic_attempts: count,
	automatic_created: count,
	/** Ended as not eligible, or only after the whole timeout, which is how browsers say it. */
	automatic_not_eligible: count
});

/** What happened beside the nine steps, for the same users. */
export type UpgradeOutcomes = z.infer<typeof outcomes>;

export interface UpgradeStepRow {
	ecosystem: string;
	legacy_class: string;
	step: UpgradeStep;
	/** From 1. */
	step_number: number;
	users: number;
	/** Users who got here by a prompt or unasked. Equal to `users` up to `eligible`. */
	asked: number;
	/** Of these, users whose furthest attempt no prompt had led to. 0 up to `eligible`. */
	self: number;
	/** Users who got here by a conditional create. Equal to `users` up to `eligible`. */
	automatic: number;
	/** Of all: median and ninth decile of the time from the step before, milliseconds; null for states and where nobody came. */
	median_ms: number | null;
	p90_ms: number | null;
}

const perStep = z.array(count).length(UPGRADE_STEPS.length);
const msPerStep = z.array(count.nullable()).length(UPGRADE_STEPS.length);

const STEP_NUMBERS = UPGRADE_STEPS.map((_, index) => index + 1);
const forEachStep = (sql: (step: number) => string) =>
	`[${STEP_NUMBERS.map((step) => sql(step)).join(', ')}]`;

/** `condition` of a step number, counted for each of the nine. */
const countSteps = (condition: (step: number) => string) =>
	forEachStep((step) => `countIf(${condition(step)})`);

/** Milliseconds from the step before; to be able to upgrade is a state and takes no time. */
const gaps = (level: number) =>
	forEachStep((step) =>
		step > 2
			? `quantileExactOrNullIf(${level})(dateDiff('millisecond', step_times[${step - 1}], step_times[${step}]), length(step_times) >= ${step})`
			: 'NULL'
	);

const queryUpgrades = defineQuery({
	name: 'upgrade-funnel',
	parameters: funnelParameters,
	row: outcomes.extend({
		median_ms: msPerStep,
		p90_ms: msPerStep,
		at_step: perStep,
		asked_at_step: perStep,
		self_at_step: perStep,
		automatic_at_step: perStep
	}),
	sql: `
WITH ${UPGRADE_SQL}
SELECT
	ecosystem,
	legacy_class,
	count() AS users,
	${countSteps((step) => `greatest(base_depth, prompt_depth, self_depth, automatic_depth) >= ${step}`)} AS at_step,
	${countSteps((step) => `greatest(base_depth, prompt_depth, self_depth) >= ${step}`)} AS asked_at_step,
	${countSteps((step) => (step > 2 ? `self_depth >= ${step} AND self_depth > greatest(base_depth, prompt_depth)` : 'false'))} AS self_at_step,
	${countSteps((step) => `greatest(least(base_depth, 2), automatic_depth) >= ${step}`)} AS automatic_at_step,
	${gaps(0.5)} AS median_ms,
	${gaps(0.9)} AS p90_ms,
	countIf(standing = 'has_synced') AS has_synced_users,
	countIf(standing = 'cannot_sync') AS cannot_sync_users,
	countIf(standing = 'unknown') AS unknown_users,
	countIf(created_not_synced > 0 AND created = 0) AS created_not_synced_users,
	countIf(already_registered > 0) AS already_registered_users,
	sum(already_registered) AS already_registered_attempts,
	sum(automatic_attempts) AS automatic_attempts,
	sum(automatic_responded) AS automatic_created,
	sum(automatic_refused) AS automatic_not_eligible
FROM by_user
GROUP BY ecosystem, legacy_class
ORDER BY ecosystem, legacy_class`
});

/**
 * Where users of a legacy credential stand on the way to a synced passkey, within the period and `window_days` of their start:
 * per ecosystem and legacy class, the users who reached each of the nine steps, and what happened beside them.
 *
 * The cohort: users who signed in, verified, with a credential of the class (or with a password) in the period,
 * on the devices the filters name. What follows may happen on any platform and in any application.
 *
 * A step counts for a user only when all earlier ones were reached, each at or after the one before:
 * - acts have a time of their own: legacy_active (its first in the period), offered, started, first_use;
 * - states last, so they count from whenever they hold: eligible, backed_up, retired;
 * - within one registration the order is the protocol's (started, created, verified): clocks of page and server differ by
 *   seconds, so their times are not compared.
 * From `started` on, one registration is followed with its own credential; a user's place is that of the attempt that got furthest.
 *
 * `asked` counts the attempts a prompt led to and those the user started unasked (`self`); `automatic` the conditional creates.
 * A user who made both is in both, and once in `users`.
 */
export async function upgradeFunnel(
	client: ClickHouseClient,
	parameters: FunnelParameters
): Promise<{ steps: UpgradeStepRow[]; outcomes: UpgradeOutcomes[] }> {
	const rows = await queryUpgrades(client, parameters);
	return {
		steps: rows.flatMap((row) =>
			UPGRADE_STEPS.map((step, index) => ({
				ecosystem: row.ecosystem,
				legacy_class: row.legacy_class,
				step,
				step_number: index + 1,
				users: row.at_step[index]!,
				asked: row.asked_at_step[index]!,
				self: row.self_at_step[index]!,
				automatic: row.automatic_at_step[index]!,
				median_ms: row.median_ms[index]!,
				p90_ms: row.p90_ms[index]!
			}))
		),
		outcomes: rows.map((row) => outcomes.parse(row))
	};
}
