import type { AlertRule } from '../../../settings/alert-rules.ts';
import { describeCause } from '../format/cause-names.ts';
import { formatLongDay, formatMoment } from '../format/date.ts';
import { formatCount, formatCounted, formatDuration, formatPercent } from '../format/number.ts';
import { zonePlace } from '../zone/local-day.ts';
import { toValue, type AlertUnit, type JudgedPoint } from './judge-points.ts';

/** What can be watched beside the figures of the registry. */
export const OWN_MEASURES = {
	failure_share: { name: 'Share of ceremonies that failed', unit: 'share' },
	failure_count: { name: 'Ceremonies that failed', unit: 'count' },
	ceremonies: { name: 'Ceremonies', unit: 'count' },
	new_cause: { name: 'A cause never seen before', unit: 'group' },
	new_failure: { name: 'A group of failures never seen before', unit: 'group' },
	site_trouble: { name: 'An error that a look at a site finds', unit: 'group' }
} as const satisfies Record<string, { name: string; unit: AlertUnit }>;

export type OwnMeasure = keyof typeof OWN_MEASURES;

export const isOwnMeasure = (measure: string): measure is OwnMeasure =>
	Object.hasOwn(OWN_MEASURES, measure);

export const CONDITION_NAMES: Record<AlertRule['condition'], string> = {
	above: 'is above',
	below: 'is below',
	rises: 'rises against the same weekday by',
	falls: 'falls against the same weekday by',
	absent: 'is absent for',
	appears: 'appears'
};

/** The same in the sentence of a rule, after a colon. */
const IN_A_SENTENCE: Record<AlertRule['condition'], string> = {
	above: 'above',
	below: 'below',
	rises: 'up against the same weekday by',
	falls: 'down against the same weekday by',
	absent: 'none for',
	appears: 'appears'
};

/** What the number behind a condition is counted in. */
export function thresholdUnit(
	{ condition, bucket }: Pick<AlertRule, 'condition' | 'bucket'>,
	unit: AlertUnit
): string {
	if (condition === 'absent') return `${bucket}s`;
	if (condition === 'rises' || condition === 'falls')
		return unit === 'share' ? 'percentage points' : 'percent';
	return { share: 'percent', duration: 'seconds', count: '', group: '' }[unit];
}

/** A measured value in its unit. */
export function formatMeasured(value: number | null | undefined, unit: AlertUnit): string {
	if (unit === 'share') return formatPercent(value);
	return unit === 'duration' ? formatDuration(value) : formatCount(value);
}

/** The measure with what narrows it: `Error rate`, `Ceremonies that failed (Timed out)`. */
function measureName(rule: AlertRule, name: string): string {
	if (rule.failure) return `${name} (group ${rule.failure})`;
	return rule.cause ? `${name} (${describeCause(rule.cause).name})` : name;
}

/** A rule in a sentence. `name` is the measure's. */
export function describeRule(rule: AlertRule, { name, unit }: { name: string; unit: AlertUnit }) {
	const filters = [...new URLSearchParams(rule.query)].map(([key, value]) => `${key} ${value}`);
	const only = filters.length > 0 ? `; only ${filters.join(', ')}` : '';
	if (rule.measure === 'site_trouble') return name;
	if (unit === 'group')
		return `${name}, once it was met ${formatCounted(rule.minimum, 'time')}${only}`;
	const counted = thresholdUnit(rule, unit);
	const by =
		counted === 'percent'
			? `${rule.threshold}\u202f%`
			: `${rule.threshold}${counted ? ` ${counted}` : ''}`;
	const each =
		rule.condition === 'absent' ? '' : ` in ${rule.bucket === 'hour' ? 'an hour' : 'a day'}`;
	const enough = ENOUGH[rule.condition](formatCounted(rule.minimum, 'case'));
	return `${measureName(rule, name)}: ${IN_A_SENTENCE[rule.condition]} ${by}${each}${unit === 'count' && rule.condition === 'above' ? '' : enough}${only}`;
}

const ENOUGH: Record<AlertRule['condition'], (cases: string) => string> = {
	above: (cases) => `, from ${cases} on`,
	below: (cases) => `, from ${cases} on`,
	rises: (cases) => `, from ${cases} on`,
	falls: (cases) => `, from ${cases} on`,
	absent: (cases) => `, where there usually are ${cases} or more`,
	appears: () => ''
};

/** An hour or a day, with whose clock it is by: `22 Nov 2026, 10:00:00 UTC`, `Sun 22 Nov 2026 (UTC)`. */
export const formatBucket = (at: string, zone: string) =>
	at.length > 10 ? formatMoment(at, zone) : `${formatLongDay(at)} (${zonePlace(zone)})`;

/** What a firing says: its headline, and the figures behind it. */
export function describeFiring({
	rule,
	name,
	unit,
	point,
	zone
}: {
	rule: AlertRule;
	name: string;
	unit: AlertUnit;
	point: JudgedPoint;
	/** The project's time zone. */
	zone: string;
}): { title: string; text: string } {
	const what = measureName(rule, name);
	const value = formatMeasured(point.value, unit);
	const { baseline } = point;
	const when = `${formatBucket(point.at, zone)}${point.over ? '' : ', so far'}`;
	const counts =
		unit === 'share'
			? `${formatCount(point.numerator)} of ${formatCount(point.denominator)}`
			: unit === 'duration'
				? `the median of ${formatCounted(point.denominator, 'case')}`
				: formatCounted(point.value ?? 0, 'case');
	const before = baseline
		? ` The same weekday${rule.bucket === 'hour' ? ' and hour' : ''} in the weeks before: ${formatMeasured(baseline.value, rule.condition === 'absent' ? 'count' : unit)}${
				baseline.numerator === null
					? ''
					: ` (${formatCount(baseline.numerator)} of ${formatCount(baseline.denominator)})`
			}.`
		: '';
	const text = `${when}: ${counts}.${before} The rule: ${describeRule(rule, { name, unit })}.`;
	if (rule.condition === 'absent')
		return {
			title: `${what}: none for ${formatCounted(rule.threshold, rule.bucket)}`,
			text: `Until ${when} nothing came.${before} The rule: ${describeRule(rule, { name, unit })}.`
		};
	const limit = formatMeasured(toValue(rule.threshold, unit), unit);
	if (rule.condition === 'above' || rule.condition === 'below')
		return { title: `${what}: ${value}, ${rule.condition} ${limit}`, text };
	const verb = rule.condition === 'rises' ? 'rose' : 'fell';
	return {
		title: `${what} ${verb} to ${value}, from ${formatMeasured(baseline?.value, unit)}`,
		text
	};
}

/** What a cause or group of failures that was never seen before, or an error of a site, is told by. */
export interface NewSubject {
	subject: string;
	/** In plain words. */
	name: string;
	/** The error to the letter. */
	signature: string;
	first_at: string;
	/** When it had been met as often as the rule wants. */
	reached_at: string;
	last_at: string;
	ceremonies: number;
	users: number;
	releases: string[];
	/** Known to have ended; left out: told by when it was last met. */
	over?: boolean;
}

export function describeNewSubject(
	rule: AlertRule,
	found: NewSubject,
	zone: string
): { title: string; text: string } {
	if (rule.measure === 'site_trouble')
		return {
			title: `Site check: ${found.name}`,
			text: `Since ${formatMoment(found.first_at, zone)}. ${found.signature}`
		};
	const releases = found.releases.filter(Boolean);
	const since = `First seen ${formatMoment(found.first_at, zone)}, met ${formatCounted(found.ceremonies, 'time')}${found.users > 0 ? ` by ${formatCounted(found.users, 'known user')}` : ''}${releases.length > 0 ? `, in release ${releases.join(', ')}` : ''}.`;
	const what = rule.measure === 'new_cause' ? 'New cause' : 'New failure';
	return {
		title: `${what}: ${found.name}`,
		text: `${since}${found.signature ? ` ${found.signature}` : ''}`
	};
}
