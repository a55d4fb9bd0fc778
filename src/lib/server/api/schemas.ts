import { z } from 'zod';
import { COMPARISONS, ECOSYSTEMS, LEFT_OUT, PERIODS, type Filters } from '../../filters.ts';

/** What answers are made of beside the rows of questions. A schema with an id stands in OpenAPI's components under it. */
export const components = z.registry<{ id: string }>();

const day = z.iso.date();
const count = z.number();

/** The filters as they were understood, defaults filled in. */
export const filtersSchema = z
	.object({
		project: z.string(),
		time_zone: z.string().describe('Of the project, as IANA names it: whose days all are'),
		period: z.enum(PERIODS),
		from: day,
		to: day,
		compare: z.enum(COMPARISONS),
		ecosystem: z.enum(['', ...ECOSYSTEMS]),
		platform: z.string(),
		browser: z.string(),
		application: z.string(),
		environment: z.string(),
		release: z.string(),
		country: z.string(),
		tagged: z.string(),
		provider: z.string(),
		without: z.enum(['', ...LEFT_OUT])
	})
	.describe('The filters as they were understood, defaults filled in')
	.register(components, { id: 'Filters' });

/** The same of the filters a question was asked with. */
export const answeredFilters = ({ zone, ...filters }: Filters) => ({
	...filters,
	time_zone: zone
});

export const definitionSchema = z
	.object({
		id: z.string(),
		name: z.string(),
		term: z.string().optional(),
		unit: z.enum(['share', 'duration']),
		numerator: z.string(),
		denominator: z.string(),
		window: z.string(),
		grain: z.enum(['user', 'ceremony', 'sign-in', 'prompt', 'credential', 'verdict']),
		lowerIsBetter: z.boolean(),
		caveats: z.array(z.string()),
		source: z.string(),
		published: z
			.array(z.object({ figure: z.string(), source: z.string(), short: z.number().optional() }))
			.optional(),
		rivals: z.array(z.string()).optional()
	})
	.describe('What a figure divides by what, over which time, and what it does not say')
	.register(components, { id: 'Definition' });

const exclusion = z
	.object({
		kind: z.enum(['conditional_untouched', 'test_authenticators', 'synthetic', 'unknown', 'other']),
		count,
		reason: z.string(),
		counted: z.boolean().optional()
	})
	.describe('What was left out and why; with `counted`, what could be left out and is not')
	.register(components, { id: 'Exclusion' });

const coverage = z
	.object({ numerator: count, denominator: count, of: z.string() })
	.describe('How much of the traffic the figure can see')
	.register(components, { id: 'Coverage' });

const part = z.object({
	key: z.string(),
	name: z.string(),
	numerator: count,
	denominator: count
});

const shareSchema = z.object({
	numerator: count.nullable(),
	denominator: count.nullable(),
	parts: z.array(part).optional(),
	excluded: z.array(exclusion).optional(),
	coverage: coverage.optional(),
	notCollected: z.string().optional()
});

const durationSchema = z.object({
	p50: count.nullable(),
	p75: count.nullable(),
	p95: count.nullable(),
	count,
	excluded: z.array(exclusion).optional(),
	coverage: coverage.optional()
});

const described = { definition: definitionSchema, queries: z.array(z.string()) };

/** A figure with its words, counts, exclusions and coverage; `previous` is of the days compared with. */
export const kpiSchema = z
	.union([
		shareSchema.extend({
			...described,
			interval: z.object({ low: count, high: count }).optional(),
			previous: shareSchema.pick({ numerator: true, denominator: true }).optional()
		}),
		durationSchema.extend({
			...described,
			previous: durationSchema.pick({ p50: true, p75: true, p95: true, count: true }).optional()
		})
	])
	.describe(
		'Counts, never a ready-made ratio; null is "not known", which is not zero. Of a time: quantiles in milliseconds and how many times there were'
	)
	.register(components, { id: 'Kpi' });

// RFC 9457.
z.object({
	type: z.string(),
	title: z.string(),
	status: z.int(),
	detail: z.string().optional(),
	code: z.string().describe('Stable, for programs'),
	field: z.string().optional().describe('The parameter that is wrong')
}).register(components, { id: 'Problem' });
