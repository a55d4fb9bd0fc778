import { readDimension, type Dimension } from '../../breakdown/dimensions.ts';
import { canBreakDown, type BrokenDown } from '../kpis/break-down.ts';

/** The figures that each page can break down, the first unless its address says another. */
export const PAGE_BREAKDOWNS = {
	overview: [
		'ceremony_success',
		'activation_rate',
		'enrollment_rate',
		'usage_rate_all',
		'usage_rate_enrolled',
		'fallback_rate',
		'cancel_rate',
		'error_rate',
		'rejection_rate',
		'drop_off',
		'abandonment',
		'verdict_coverage',
		'time_to_sign_in'
	],
	'sync-coverage': [
		'sync_coverage',
		'synced_share',
		'backed_up_share',
		'lockout_risk',
		'reach',
		'password_removal_ready'
	],
	upgrades: ['upgrade_rate'],
	'cross-device': ['cda_completion']
} as const satisfies Record<string, readonly [BrokenDown, ...BrokenDown[]]>;

export type BreakdownPage = keyof typeof PAGE_BREAKDOWNS;

export interface BreakdownChoice {
	figure: BrokenDown;
	by: Dimension;
}

/** What a page's address chooses (`figure=enrollment_rate&by=country`): the page's first figure by platform, unless it says another. */
export function readBreakdownChoice(page: BreakdownPage, search: URLSearchParams): BreakdownChoice {
	const figures: readonly BrokenDown[] = PAGE_BREAKDOWNS[page];
	const figure = figures.find((one) => one === search.get('figure')) ?? figures[0]!;
	const by = readDimension(search.get('by'));
	return { figure, by: by && canBreakDown(figure, by) ? by : 'platform' };
}
