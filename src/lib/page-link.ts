import { filtersToSearch, shiftDay, type Bucket, type Filters } from './filters.ts';

interface Linked {
	path: string;
	filters: Filters;
	defaultProject: string;
	parameters?: Record<string, string>;
	changes?: Partial<Filters>;
}

/**
 * The address of a page under the same filters, with that page's own parameters. Empty values are left out.
 * `changes` narrows further, such as one ecosystem.
 */
export function pageAddress({
	path,
	filters,
	defaultProject,
	parameters = {},
	changes = {}
}: Linked): string {
	const search = new URLSearchParams(filtersToSearch({ ...filters, ...changes }, defaultProject));
	for (const [name, value] of Object.entries(parameters)) if (value) search.set(name, value);
	const text = search.toString();
	return text ? `${path}?${text}` : path;
}

/** The same of another page: undefined where that is closed to whoever reads, so that a count which would lead there is plain text. */
export const pageLink = (to: Linked): string | undefined =>
	to.filters.closed?.includes(to.path) ? undefined : pageAddress(to);

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
