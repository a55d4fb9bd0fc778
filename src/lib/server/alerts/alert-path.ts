import type { AlertRule } from '../../../../settings/alert-rules.ts';
import { shiftDay } from '../../filters.ts';

const PAGES: Record<string, readonly string[]> = {
	'/': [
		...['activation_rate', 'ceremony_success', 'cancel_rate', 'error_rate'],
		...['telemetry_loss', 'verdict_coverage']
	],
	'/adoption': [
		...['eligible_users', 'enrollment_rate', 'append_rate', 'usage_rate_all'],
		...['usage_rate_enrolled', 'fallback_rate']
	],
	'/adoption/sign-ins': ['time_to_sign_in'],
	'/sync-coverage': [
		...['sync_coverage', 'synced_share', 'backed_up_share', 'lockout_risk'],
		...['reach', 'password_removal_ready']
	],
	'/upgrades': ['upgrade_rate'],
	'/cross-device': ['cda_completion']
};

/** Days before the one an alert is about, so that the page shows it beside what was usual. */
const BEFORE_DAYS = 13;

/** The page that shows what an alert is about: path and filters. */
export function alertPath({
	project,
	rule,
	day,
	subject
}: {
	project: string;
	rule: AlertRule;
	/** `YYYY-MM-DD`. */
	day: string;
	/** Of rules that look for something new. */
	subject: string;
}): string {
	const { path, more = {} } = pageOf(rule, subject);
	const search = new URLSearchParams(rule.query);
	search.set('project', project);
	search.set('period', 'custom');
	search.set('from', shiftDay(day, -BEFORE_DAYS));
	search.set('to', day);
	for (const [name, value] of Object.entries(more)) search.set(name, value);
	return `${path}?${search}`;
}

function pageOf(
	{ measure, cause, failure }: AlertRule,
	subject: string
): { path: string; more?: Record<string, string> } {
	if (measure === 'site_trouble') return { path: '/health-checks' };
	if (measure === 'new_failure') return { path: `/failures/${subject}` };
	if (measure === 'new_cause') return { path: '/ceremonies', more: { cause: subject } };
	if (failure) return { path: `/failures/${failure}` };
	if (cause) return { path: '/ceremonies', more: { cause } };
	if (measure === 'ceremonies') return { path: '/ceremonies' };
	if (measure.startsWith('failure_')) return { path: '/failures', more: { view: 'all' } };
	return { path: pageOfFigure(measure) };
}

/** The page that shows a figure of the registry. */
export const pageOfFigure = (id: string): string =>
	Object.keys(PAGES).find((page) => PAGES[page]!.includes(id)) ?? '/definitions';
