import type { KpiDefinition } from '../../format/kpi.ts';
import { ADOPTION_KPIS } from './adoption.ts';
import { CEREMONY_KPIS } from './ceremonies.ts';
import { CREDENTIAL_KPIS } from './credentials.ts';
import type { Kpi } from './define-kpi.ts';

/**
 * Every figure Passlens shows: its fraction in words, and the questions that give its counts. The field uses one word for
 * different fractions, so a page never shows a figure that is not defined here, and competing definitions stand side by side.
 */
export const KPI_GROUPS: { title: string; kpis: Kpi[] }[] = [
	{ title: 'Adoption', kpis: ADOPTION_KPIS },
	{ title: 'Ceremonies', kpis: CEREMONY_KPIS },
	{ title: 'Credentials', kpis: CREDENTIAL_KPIS }
];

export const KPI_IDS = KPI_GROUPS.flatMap(({ kpis }) =>
	kpis.map(({ definition }) => definition.id)
);

const BY_ID = new Map(
	KPI_GROUPS.flatMap(({ kpis }) => kpis).map((one) => [one.definition.id, one])
);

/** A figure; throws on an id that is not in the registry, which is a mistake in a page. */
export function findKpi(id: string): Kpi {
	const found = BY_ID.get(id);
	if (!found) throw new RangeError(`No KPI "${id}" in the registry`);
	return found;
}

/** A figure's words. */
export const kpi = (id: string): KpiDefinition => findKpi(id).definition;
