import type { KpiDefinition } from '../../format/kpi.ts';
import { ADOPTION_KPIS } from './adoption.ts';
import { CEREMONY_KPIS } from './ceremonies.ts';
import { CREDENTIAL_KPIS } from './credentials.ts';
import { SYNC_KPIS } from './sync.ts';

/**
 * Every figure Passlens shows, with its fraction in words. The field uses one word for different fractions,
 * so a page never names a figure that is not defined here.
 */
export const KPI_GROUPS: { title: string; kpis: KpiDefinition[] }[] = [
	{ title: 'Adoption', kpis: ADOPTION_KPIS },
	{ title: 'Ceremonies', kpis: CEREMONY_KPIS },
	{ title: 'Credentials', kpis: [...CREDENTIAL_KPIS, ...SYNC_KPIS] }
];

const BY_ID = new Map(KPI_GROUPS.flatMap(({ kpis }) => kpis).map((one) => [one.id, one]));

/** The definition of a figure; throws on an id that is not in the registry, which is a mistake in a page. */
export function kpi(id: string): KpiDefinition {
	const found = BY_ID.get(id);
	if (!found) throw new RangeError(`No KPI "${id}" in the registry`);
	return found;
}
