import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters } from './filter-sql.ts';
import { LEGACY_SQL } from './upgrade-legacy-sql.ts';

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

/**
 * Where users of a legacy credential stand on the way to a synced passkey, within the period:
 * per ecosystem and legacy class, the users who reached each of the nine steps.
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
export const queryUpgradeFunnel = defineQuery({
	name: 'upgrade-funnel',
	parameters: filterParameters,
	row: z.object({
		ecosystem: z.string(),
		legacy_class: z.string(),
		step: z.enum(UPGRADE_STEPS),
		step_number: count,
		users: count,
		/** Users who got here by a prompt or unasked. Equal to `users` up to `eligible`. */
		asked: count,
		/** Of these, users whose furthest attempt no prompt had led to. 0 up to `eligible`. */
		self: count,
		/** Users who got here by a conditional create. Equal to `users` up to `eligible`. */
		automatic: count
	}),
	sql: `
WITH ${LEGACY_SQL},
${depthSql()}
SELECT
	ecosystem,
	legacy_class,
	step_number,
	arrayElement([${UPGRADE_STEPS.map((step) => `'${step}'`).join(', ')}], step_number) AS step,
	countIf(greatest(base_depth, prompt_depth, self_depth, automatic_depth) >= step_number) AS users,
	countIf(greatest(base_depth, prompt_depth, self_depth) >= step_number) AS asked,
	countIf(step_number > 2 AND self_depth >= step_number AND self_depth > greatest(base_depth, prompt_depth)) AS self,
	countIf(greatest(least(base_depth, 2), automatic_depth) >= step_number) AS automatic
FROM depths
ARRAY JOIN range(1, 10) AS step_number
GROUP BY ecosystem, legacy_class, step_number
ORDER BY ecosystem, legacy_class, step_number`
});

/** How far each user of each class got: 2 eligible, 3 offered, and so on. */
function depthSql() {
	return `
depths AS
(
	SELECT
		a.ecosystem AS ecosystem,
		a.legacy_class AS legacy_class,
		a.user_hash AS user_hash,
		any(a.eligible) AS is_eligible,
		if(is_eligible, if(any(a.prompted), 3, 2), 1) AS base_depth,
		if(is_eligible, maxIf(t.depth, t.mode = 'prompt'), 0) AS prompt_depth,
		if(is_eligible, maxIf(t.depth, t.mode = 'self'), 0) AS self_depth,
		if(is_eligible, maxIf(t.depth, t.mode = 'automatic'), 0) AS automatic_depth
	FROM cohort AS a
	LEFT JOIN attempts AS t
		ON t.user_hash = a.user_hash AND t.legacy_class = a.legacy_class AND t.ecosystem = a.ecosystem
	GROUP BY ecosystem, legacy_class, user_hash
)`;
}
