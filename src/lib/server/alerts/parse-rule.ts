import {
	ALERT_BUCKETS,
	ALERT_CONDITIONS,
	type AlertMistake,
	type AlertRule
} from '../../../../settings/alert-rules.ts';
import { isOwnMeasure } from '../../alerts/alert-words.ts';
import { narrowingToQuery, queryToNarrowing } from '../../filters.ts';
import { MOST_MET } from '../queries/alert-new-failures.ts';
import { findMeasure, isMeasure } from './measure.ts';

const GROUP = /^[0-9a-f]{10}$/;
const CAUSE = /^[a-z_]{1,40}$/;
const LONGEST_ABSENCE = { hour: 72, day: 14 };

/** What a form that is opened without anything chosen suggests. */
export const SUGGESTED_RULE: AlertRule = {
	...{ measure: 'error_rate', cause: '', failure: '', condition: 'rises', threshold: 5 },
	...{ bucket: 'day', minimum: 50, query: '' }
};

/** Reads a rule out of a form or an address. What is left out is as suggested; anything else that is no value is named. */
export function parseAlertRule(given: {
	get(name: string): unknown;
}): { rule: AlertRule } | { mistake: AlertMistake } {
	const text = (name: keyof AlertRule) => {
		const value = given.get(name);
		return typeof value === 'string' ? value.trim() : String(SUGGESTED_RULE[name]);
	};
	const measure = text('measure');
	if (!isMeasure(measure)) return refuse('measure', 'Choose what is to be watched.');
	const { unit } = findMeasure(measure);
	const own = isOwnMeasure(measure);
	const ofFailures = measure === 'failure_share' || measure === 'failure_count';
	const cause = ofFailures ? text('cause') : '';
	if (cause !== '' && !CAUSE.test(cause)) return refuse('cause', 'Choose a cause, or any.');
	const failure = ofFailures ? text('failure') : '';
	if (failure !== '' && !GROUP.test(failure))
		return refuse('failure', 'A group of failures has ten hexadecimal digits: see its address.');
	const condition =
		unit === 'group' ? 'appears' : ALERT_CONDITIONS.find((one) => one === text('condition'));
	if (!condition || (condition === 'appears' && unit !== 'group'))
		return refuse('condition', 'Choose what is to happen to it.');
	const bucket = own ? ALERT_BUCKETS.find((one) => one === text('bucket')) : 'day';
	if (!bucket) return refuse('bucket', 'Choose hours or days.');
	const minimum = Number(text('minimum'));
	if (!Number.isInteger(minimum) || minimum < 1 || minimum > MOST_MET)
		return refuse('minimum', `The least number of cases is a whole number from 1 to ${MOST_MET}.`);
	const threshold = unit === 'group' ? 0 : Number(text('threshold'));
	const mistake = checkThreshold({ condition, unit, threshold, bucket });
	if (mistake) return { mistake };
	// Sites are not those of a platform or country.
	const ofSites = measure === 'site_trouble';
	// What fails has no provider.
	const narrowed = { ...queryToNarrowing(text('query')), provider: '' };
	const query = ofSites ? '' : narrowingToQuery(narrowed);
	return {
		rule: { measure, cause, failure, condition, threshold, bucket, minimum, query }
	};
}

function checkThreshold({
	condition,
	unit,
	threshold,
	bucket
}: Pick<AlertRule, 'condition' | 'threshold' | 'bucket'> & {
	unit: string;
}): AlertMistake | undefined {
	const bad = (message: string): AlertMistake => ({ field: 'threshold', message });
	if (unit === 'group') return undefined;
	if (!Number.isFinite(threshold)) return bad('Give a number.');
	if (condition === 'absent') {
		const longest = LONGEST_ABSENCE[bucket];
		if (!Number.isInteger(threshold) || threshold < 1 || threshold > longest)
			return bad(`Give how many ${bucket}s: a whole number from 1 to ${longest}.`);
		return undefined;
	}
	if (threshold < 0 || (threshold === 0 && condition !== 'above'))
		return bad('Give a number above 0.');
	if (unit === 'share' && threshold > 100) return bad('A share is at most 100 percent.');
	return undefined;
}

const refuse = (field: string, message: string) => ({ mistake: { field, message } });

/** The rule as an address carries it. */
export function ruleToSearch(rule: AlertRule): URLSearchParams {
	return new URLSearchParams(
		Object.entries(rule).flatMap(([name, value]) => (value === '' ? [] : [[name, String(value)]]))
	);
}
