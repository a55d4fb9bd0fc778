import { z } from 'zod';
import {
	COMPARISONS,
	ECOSYSTEMS,
	LEFT_OUT,
	parseFilters,
	PERIODS,
	PLATFORMS,
	TAGGED,
	type FilteredProject,
	type Filters
} from '../filters.ts';

/** What is wrong with a request, and how to mend it. */
export interface FilterRefusal {
	code: 'unknown_parameter' | 'unknown_project' | 'invalid_parameter';
	field: string;
	message: string;
}

/** The filters as an address has them, each optional; what a page and a program may narrow by. */
export const filterQuery = z.object({
	project: z
		.string()
		.optional()
		.describe('Id of a project; left out, the first one that whoever asks may see'),
	period: z
		.enum(PERIODS)
		.optional()
		.describe(
			'Days that end today, by the time zone of the project, 30d unless said; "custom" takes from and to'
		),
	from: z.iso
		.date()
		.optional()
		.describe('First day, of the project’s time zone; with period=custom'),
	to: z.iso.date().optional().describe('Last day, included; with period=custom'),
	compare: z
		.enum(COMPARISONS)
		.optional()
		.describe(
			'What the period is compared with: as many days before (unless said), the same days a year earlier, nothing'
		),
	ecosystem: z
		.enum(ECOSYSTEMS)
		.optional()
		.describe('Of the device; where passkeys are listed, of the passkey'),
	platform: z.enum(PLATFORMS).optional().describe('Operating system of the client'),
	browser: z.string().max(64).optional().describe('By name, such as "Firefox"'),
	application: z.string().max(64).optional().describe('As the site names its applications'),
	environment: z.string().max(64).optional().describe('Such as "production"'),
	release: z.string().max(128).optional().describe('The version of the site that sent it'),
	country: z
		.string()
		.regex(/^[A-Z]{2}$/)
		.optional()
		.describe('ISO 3166-1 code; known where the operator supplied a country file'),
	tagged: z
		.string()
		.regex(TAGGED)
		.optional()
		.describe(
			'"name=value" of a tag of what was sent, one of those that the project’s figures are told apart by'
		),
	without: z
		.enum(LEFT_OUT)
		.optional()
		.describe('Leaves out what is simulated, what virtual authenticators did, or both')
});

const NAMES = Object.keys(filterQuery.shape);

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
	}: { projects: readonly FilteredProject[]; own?: readonly string[]; now?: Date }
): { filters: Filters } | { refusal: FilterRefusal } {
	for (const name of search.keys())
		if (!NAMES.includes(name) && !own.includes(name))
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
		'tagged',
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
