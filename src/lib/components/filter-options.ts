import { ECOSYSTEMS, LEFT_OUT, PLATFORMS, type Filters, type NARROWING } from '$lib/filters.ts';
import { countryName } from '$lib/format/country-names.ts';
import { ECOSYSTEM_NAMES, LEFT_OUT_NAMES } from '$lib/format/names.ts';

export interface FilterOption {
	value: string;
	label: string;
	/** A CSS colour. */
	color?: string;
}

export interface FilterDimension {
	name: (typeof NARROWING)[number];
	label: string;
	/** Before the chosen value in the row of filters. */
	prefix: string;
	/** The first hides nothing. */
	options: FilterOption[];
	/** It stands in the row before anything of it is chosen; the others are found by searching. */
	inRow: boolean;
}

/** Everything a page can be narrowed by, in the order of the row; dimensions that nothing is known of are left out. */
export function listFilterDimensions({
	filters,
	applications,
	browsers,
	releases,
	countries,
	hasSynthetic
}: {
	filters: Filters;
	applications: readonly string[];
	browsers: readonly string[];
	/** The newest first. */
	releases: readonly string[];
	hasSynthetic: boolean;
	/** Codes; none where no file tells them. */
	countries: readonly string[];
}): FilterDimension[] {
	const all: Omit<FilterDimension, 'inRow'>[] = [
		{
			name: 'ecosystem',
			label: 'Ecosystem',
			prefix: 'Ecosystem',
			options: [
				ALL,
				...ECOSYSTEMS.map((value) => ({
					value,
					label: ECOSYSTEM_NAMES[value],
					color: `var(--color-${value})`
				}))
			]
		},
		{
			name: 'platform',
			label: 'Platform',
			prefix: 'Platform',
			options: [ALL, ...PLATFORMS.map((value) => ({ value, label: value }))]
		},
		{
			name: 'browser',
			label: 'Browser',
			prefix: 'Browser',
			options: asOptions(browsers, filters.browser)
		},
		{
			name: 'application',
			label: 'Application',
			prefix: 'Application',
			options: asOptions(applications, filters.application)
		},
		{
			name: 'release',
			label: 'Release',
			prefix: 'Release',
			options: asOptions(releases, filters.release)
		},
		{
			name: 'country',
			label: 'Country',
			prefix: 'Country',
			options: [
				ALL,
				...withChosen(countries, filters.country)
					.map((value) => ({ value, label: countryName(value) }))
					.toSorted((a, b) => a.label.localeCompare(b.label))
			]
		},
		{
			name: 'without',
			label: 'What counts',
			prefix: 'Counting',
			// What is made up counts unless the reader leaves it out: a project under construction has little else.
			options: [
				{ value: '', label: 'Everything' },
				...LEFT_OUT.map((value) => ({ value, label: LEFT_OUT_NAMES[value] }))
			]
		}
	];
	const commonest = ['ecosystem', 'platform', ...(applications.length > 1 ? ['application'] : [])];
	if (hasSynthetic) commonest.push('without');
	return all
		.filter(({ options }) => options.length > 1)
		.map((dimension) => ({
			...dimension,
			inRow: commonest.includes(dimension.name) || filters[dimension.name] !== ''
		}));
}

const ALL: FilterOption = { value: '', label: 'All' };

const asOptions = (known: readonly string[], chosen: string): FilterOption[] => [
	ALL,
	...withChosen(known, chosen).map((value) => ({ value, label: value }))
];

/** A linked value stays selectable even when this project has not sent it. */
const withChosen = (known: readonly string[], chosen: string) =>
	[...new Set([...known, chosen])].filter(Boolean);
