import type { Collected } from '../queries/kpi-collected.ts';
import { shareOf, type KpiResult } from './answer-kpis.ts';

/**
 * Users of the period as a whole: seen, of these on a capable client (null: no client told), of these with a passkey.
 * Undefined where users are not known.
 */
export function userTotals({
	kpis,
	collected
}: {
	kpis: Record<'eligible_users' | 'activation_rate', KpiResult>;
	collected: Collected;
}) {
	if (!collected.users) return undefined;
	const { numerator, denominator } = shareOf(kpis.eligible_users);
	return {
		seen: denominator ?? 0,
		eligible: collected.capabilities ? numerator : null,
		holders: shareOf(kpis.activation_rate).numerator ?? 0
	};
}
