import { parseFilters, type Filters } from '../filters.ts';

/** What is wrong with a request, and how to mend it. */
export interface FilterRefusal {
	code: 'unknown_parameter' | 'unknown_project' | 'invalid_parameter';
	field: string;
	message: string;
}

const NAMES = [
	'project',
	'period',
	'from',
	'to',
	'compare',
	'ecosystem',
	'platform',
	'application',
	'country',
	'without'
] as const;

/**
 * The filters of a page, as a program asks for them: what a page would pass over in silence is refused here, because a program
 * would take another figure for the one it asked for. `own` are parameters of the address beside the filters.
 */
export function readFilters(
	search: URLSearchParams,
	{
		projects,
		own = [],
		now = new Date()
	}: { projects: readonly string[]; own?: readonly string[]; now?: Date }
): { filters: Filters } | { refusal: FilterRefusal } {
	for (const name of search.keys())
		if (!(NAMES as readonly string[]).includes(name) && !own.includes(name))
			return refuse(
				'unknown_parameter',
				name,
				`No such parameter. There are: ${[...NAMES, ...own].join(', ')}.`
			);
	const filters = parseFilters(search, { projects, now });
	const project = search.get('project');
	if (project !== null && project !== filters.project)
		return refuse('unknown_project', 'project', 'There is no project of this id.');
	const period = search.get('period');
	if ((search.has('from') || search.has('to')) && period !== 'custom')
		return refuse('invalid_parameter', 'period', 'from and to need period=custom.');
	if (period === 'custom' && filters.period !== 'custom')
		return refuse(
			'invalid_parameter',
			'from',
			'period=custom needs from and to, each a day such as 2026-11-22.'
		);
	for (const name of [
		'period',
		'compare',
		'ecosystem',
		'platform',
		'country',
		'without'
	] as const) {
		const asked = search.get(name);
		if (asked !== null && asked !== filters[name])
			return refuse('invalid_parameter', name, `Not a value of ${name}.`);
	}
	return { filters };
}

const refuse = (code: FilterRefusal['code'], field: string, message: string) => ({
	refusal: { code, field, message }
});
