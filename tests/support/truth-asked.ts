import type { ClickHouseClient } from '@clickhouse/client';
import type { Fact } from '../../simulator/facts.ts';
import type { ClientFilter, Period, Truth } from '../../simulator/truth.ts';
import { parseFilters, type LeftOut } from '../../src/lib/filters.ts';

/** What is asked of the database, and what truly happened there. */
export interface Asked {
	client: ClickHouseClient;
	project: string;
	facts: readonly Fact[];
	period: Period;
	filter?: ClientFilter;
}

/** Whether a filter leaves anything out. */
export const isNarrow = (filter: ClientFilter = {}) => Object.values(filter).some(Boolean);

/** What a query takes. */
export const parametersOf = ({ project, period, filter = {} }: Asked) => ({
	project,
	...period,
	ecosystem: filter.ecosystem ?? '',
	platform: filter.os ?? '',
	browser: filter.browser ?? '',
	release: filter.release ?? '',
	application: ''
});

/** The same as a page's filters. */
export const filtersOf = (
	{ project, period: { from, to, zone = 'UTC' }, filter = {} }: Asked,
	without: '' | LeftOut = ''
) =>
	parseFilters(
		new URLSearchParams({
			...{ project, period: 'custom', from, to, compare: 'none', without },
			...{ ecosystem: filter.ecosystem ?? '', platform: filter.os ?? '' },
			...{ browser: filter.browser ?? '', release: filter.release ?? '' }
		}),
		{ projects: [{ id: project, timeZone: zone }] }
	);

/** Shares of the registry, by id. */
export function sharesOf(truth: Truth): Record<string, { numerator: number; denominator: number }> {
	const prompts = Object.values(truth.promptsByShowing);
	return {
		eligible_users: truth.eligible,
		activation_rate: truth.activation,
		enrollment_rate: truth.enrollment,
		append_rate: {
			numerator: prompts.reduce((sum, { created }) => sum + created, 0),
			denominator: prompts.reduce((sum, { shown }) => sum + shown, 0)
		},
		usage_rate_all: truth.usageAll,
		fallback_rate: truth.fallback,
		ceremony_success: truth.ceremonySuccess,
		cancel_rate: truth.cancelRate,
		error_rate: truth.errorRate,
		...truth.kpis.shares
	};
}

/** As the database takes it: the element at that share of the way, null of none. */
export function quantile(ascending: readonly number[], level: number): number | null {
	if (ascending.length === 0) return null;
	return ascending[Math.min(ascending.length - 1, Math.floor(level * ascending.length))]!;
}
