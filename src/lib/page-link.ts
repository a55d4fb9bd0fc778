import { filtersToSearch, shiftDay, type Bucket, type Filters } from './filters.ts';

/**
 * The address of another page under the same filters, with that page's own parameters. Empty values are left out.
 * `changes` narrows further, such as one ecosystem.
 */
export function pageLink({
	path,
	filters,
	defaultProject,
	parameters = {},
	changes = {}
}: {
	path: string;
	filters: Filters;
	defaultProject: string;
	parameters?: Record<string, string>;
	changes?: Partial<Filters>;
}): string {
	const search = new URLSearchParams(filtersToSearch({ ...filters, ...changes }, defaultProject));
	for (const [name, value] of Object.entries(parameters)) if (value) search.set(name, value);
	const text = search.toString();
	return text ? `${path}?${text}` : path;
}

/** What changes of the filters to see one bucket of the period alone. */
export function bucketChanges(
	bucket: string,
	kind: Bucket,
	{ from, to }: Filters
): Partial<Filters> {
	const last = kind === 'week' ? shiftDay(bucket, 6) : bucket;
	return {
		period: 'custom',
		from: bucket < from ? from : bucket,
		to: last > to ? to : last
	};
}
