import { isOwnMeasure, OWN_MEASURES } from '../../alerts/alert-words.ts';
import type { AlertUnit } from '../../alerts/judge-points.ts';
import { findKpi, KPI_GROUPS, KPI_IDS } from '../kpis/registry.ts';

/** What a rule watches, in words and in its unit. Throws on a measure that is none: rules are checked before they are kept. */
export function findMeasure(measure: string): { name: string; unit: AlertUnit } {
	if (isOwnMeasure(measure)) return OWN_MEASURES[measure];
	const { name, unit } = findKpi(measure).definition;
	return { name, unit };
}

export const isMeasure = (measure: string): boolean =>
	isOwnMeasure(measure) || KPI_IDS.includes(measure);

/** Everything that can be watched, in groups as a list of choices shows them. */
export const MEASURE_GROUPS: {
	title: string;
	measures: { id: string; name: string; unit: AlertUnit }[];
}[] = [
	{
		title: 'Failures and arrivals',
		measures: Object.entries(OWN_MEASURES).map(([id, measure]) => ({ id, ...measure }))
	},
	...KPI_GROUPS.map(({ title, kpis }) => ({
		title: `Figures: ${title.toLowerCase()}`,
		measures: kpis.map(({ definition: { id, name, unit } }) => ({ id, name, unit }))
	}))
];
