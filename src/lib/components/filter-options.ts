import {
	ECOSYSTEMS,
	LEFT_OUT,
	narrowing,
	PLATFORMS,
	type Filters,
	type NARROWING
} from '../filters.ts';
import { NARROWING_NAMES, nameNarrowing } from '../format/name-narrowing.ts';

export interface FilterOption {
	value: string;
	label: string;
	/** A CSS colour. */
	color?: string;
	/** It narrows nothing, so that the row shows the dimension's name alone. */
	unsaid?: true;
}

export interface FilterDimension {
	name: (typeof NARROWING)[number];
	label: string;
	/** Before the chosen value in the row of filters. */
	prefix: string;
	/** The first hides nothing. Where it is alone, nothing is known of the dimension. */
	options: FilterOption[];
	/** It stands in the row before anything of it is chosen; the others are found by searching. */
	inRow: boolean;
}

/** What a project has sent, by dimension. */
export interface FilterValues {
	applications: readonly string[];
	environments: readonly string[];
	browsers: readonly string[];
	/** The newest first. */
	releases: readonly string[];
	/** Codes; none where no file tells them. */
	countries: readonly string[];
	/** `name=value`, of the tags that the project's figures are told apart by. */
	tags: readonly string[];
	/** Of passkeys. */
	providers: readonly string[];
	has_synthetic: boolean;
}

/** Everything a page can be narrowed by, in the order of the row. */
export function listFilterDimensions(filters: Filters, values: FilterValues): FilterDimension[] {
	const { applications, environments, browsers, releases, countries } = values;
	const { tags, providers } = values;
	const all: Omit<FilterDimension, 'inRow'>[] = [
		{
			...of('ecosystem', ECOSYSTEMS),
			options: [
				ALL,
				...optionsOf('ecosystem', ECOSYSTEMS).map((option) => ({
					...option,
					color: `var(--color-${option.value})`
				}))
			]
		},
		of('platform', PLATFORMS),
		of('browser', browsers),
		of('application', applications),
		of('environment', environments),
		of('release', releases),
		{
			...of('country', countries),
			options: [
				ALL,
				...optionsOf('country', countries).toSorted((a, b) => a.label.localeCompare(b.label))
			]
		},
		of('tagged', tags),
		{
			...of('provider', providers.length > 0 ? [...providers, 'unknown'] : []),
			label: 'Provider claimed'
		},
		{
			...of('without', []),
			label: 'What counts',
			// What is made up counts unless the reader leaves it out: a project under construction has little else.
			options: [{ value: '', label: 'Everything' }, ...optionsOf('without', LEFT_OUT)]
		}
	];
	const commonest = ['ecosystem', 'platform'];
	if (applications.length > 1) commonest.push('application');
	if (environments.length > 1) commonest.push('environment');
	if (values.has_synthetic) commonest.push('without');
	return offerChosen(
		all.map((dimension) => ({ ...dimension, inRow: commonest.includes(dimension.name) })),
		filters
	);
}

/** A linked value stays selectable, and in the row, even when this project has not sent it. */
export function offerChosen(
	dimensions: readonly FilterDimension[],
	filters: Pick<Filters, (typeof NARROWING)[number]>
): FilterDimension[] {
	const chosen = narrowing(filters);
	return dimensions.map((dimension) => {
		const { name, options } = dimension;
		if (!chosen.includes(name)) return dimension;
		const known = options.some(({ value }) => value === filters[name]);
		return {
			...dimension,
			inRow: true,
			options: known ? options : [...options, ...optionsOf(name, [filters[name]])]
		};
	});
}

const ALL: FilterOption = { value: '', label: 'All', unsaid: true };

const of = (
	name: FilterDimension['name'],
	values: readonly string[]
): Omit<FilterDimension, 'inRow'> => ({
	...{ name, label: NARROWING_NAMES[name], prefix: NARROWING_NAMES[name] },
	options: [ALL, ...optionsOf(name, values)]
});

const optionsOf = (name: FilterDimension['name'], values: readonly string[]): FilterOption[] =>
	values.map((value) => ({ value, label: nameNarrowing(name, value) }));
