import type { ClickHouseClient } from '@clickhouse/client';
import type { AlertRule } from '../../../../settings/alert-rules.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { listSiteChecks } from '../../../../settings/site-checks.ts';
import { endOfBucket, hoursOfDay } from '../../alerts/bucket-time.ts';
import { isOwnMeasure, type NewSubject } from '../../alerts/alert-words.ts';
import type { AlertPoint } from '../../alerts/judge-points.ts';
import { failureName, failureSignature } from '../../failures/failure-words.ts';
import { describeCause } from '../../format/cause-names.ts';
import { siteTroubles } from '../../health/site-trouble.ts';
import { startOfDay } from '../../zone/local-day.ts';
import {
	queryToNarrowing,
	shiftDay,
	today,
	type DayRange,
	type FilteredProject,
	type Filters
} from '../../filters.ts';
import { readKpiDays } from '../kpis/kpi-series.ts';
import { queryAlertCeremonies } from '../queries/alert-ceremonies.ts';
import { queryNewFailures } from '../queries/alert-new-failures.ts';
import { toParameters } from '../queries/filter-sql.ts';

const WEEKS_BEFORE = 4;

interface Asked {
	client: ClickHouseClient;
	project: FilteredProject;
	rule: AlertRule;
	/** Nothing later is seen. */
	now: Date;
}

/**
 * What a rule watches in the last `days` days up to `now` and on the same weekdays of the four weeks before, every hour or day of them by the
 * project's clock, in order. Days before the project sent anything are none.
 */
export async function readAlertPoints({
	client,
	project,
	rule,
	now,
	days
}: Asked & { days: number }): Promise<AlertPoint[]> {
	const to = today(project.timeZone, now);
	const wanted = Array.from({ length: days }, (_, index) => shiftDay(to, -index));
	const all = [
		...new Set(
			wanted.flatMap((day) =>
				Array.from({ length: WEEKS_BEFORE + 1 }, (_, week) => shiftDay(day, -7 * week))
			)
		)
	].sort();
	const asked = { client, project, rule, now };
	return isOwnMeasure(rule.measure)
		? readCeremonyPoints({ ...asked, days: all })
		: readKpiPoints({ ...asked, days: all });
}

async function readKpiPoints({
	client,
	project,
	rule,
	now,
	days
}: Asked & { days: string[] }): Promise<AlertPoint[]> {
	const range = { from: days[0]!, to: days.at(-1)! };
	const read = await readKpiDays({
		client,
		id: rule.measure,
		filters: toFilters(project, rule, range),
		range,
		days
	});
	const first = read.findIndex(({ denominator }) => denominator > 0);
	return read
		.slice(first === -1 ? read.length : first)
		.map(({ day, ...figure }) => ({ at: day, ...figure, over: isOver(day, project, now) }));
}

async function readCeremonyPoints({
	client,
	project,
	rule,
	now,
	days
}: Asked & { days: string[] }): Promise<AlertPoint[]> {
	const range = { from: days[0]!, to: days.at(-1)! };
	const { bucket, cause, failure, measure } = rule;
	const rows = await queryAlertCeremonies(client, {
		...toParameters(toFilters(project, rule, range)),
		...{ days, bucket, cause, failure, until: now.toISOString() }
	});
	const counted = new Map(rows.map((row) => [row.at * 1_000, row]));
	const first = rows[0] ? rows[0].at * 1_000 : Infinity;
	const { timeZone } = project;
	const buckets = days.flatMap((day) =>
		bucket === 'day'
			? [{ at: day, start: startOfDay(day, timeZone).getTime() }]
			: hoursOfDay(day, timeZone).map((start) => ({ at: new Date(start).toISOString(), start }))
	);
	return buckets
		.filter(({ start }) => start >= first && start <= now.getTime())
		.map(({ at, start }): AlertPoint => {
			const { ceremonies = 0, failed = 0 } = counted.get(start) ?? {};
			const over = isOver(at, project, now);
			if (measure === 'failure_share') {
				const value = ceremonies === 0 ? null : failed / ceremonies;
				return { at, numerator: failed, denominator: ceremonies, value, over };
			}
			const value = measure === 'failure_count' ? failed : ceremonies;
			return { at, numerator: null, denominator: value, value, over };
		});
}

/** Causes or groups of failures that appeared after the project's first week and were met as often as the rule wants; or what looks at its sites found. */
export async function readNewSubjects({
	client,
	settings,
	project,
	rule,
	now
}: Asked & { settings: Settings }): Promise<NewSubject[]> {
	if (rule.measure === 'site_trouble') return readSiteTroubles(settings, project.id, now);
	const kind = rule.measure === 'new_cause' ? 'new_cause' : 'new_failure';
	const day = today(project.timeZone, now);
	const range = { from: day, to: day };
	const rows = await queryNewFailures(client, {
		...toParameters(toFilters(project, rule, range)),
		...{ kind, minimum: rule.minimum, until: now.toISOString() }
	});
	return rows.map((row) => ({
		...row,
		name: kind === 'new_cause' ? describeCause(row.subject).name : failureName(row),
		signature: kind === 'new_cause' ? '' : failureSignature(row)
	}));
}

async function readSiteTroubles(
	settings: Settings,
	project: string,
	now: Date
): Promise<NewSubject[]> {
	const iso = (at: number) => new Date(at).toISOString();
	return siteTroubles(await listSiteChecks(settings, project), now.getTime()).map(
		({ site, finding, firstAt, lastAt, over }) => ({
			// An error that comes back is told again.
			subject: `${site} ${finding.code} ${firstAt}`,
			name: `${site}, ${finding.code.replaceAll('_', ' ')}`,
			signature: [finding.found, finding.advice].filter(Boolean).join(' '),
			...{ first_at: iso(firstAt), reached_at: iso(firstAt), last_at: iso(lastAt), over },
			...{ ceremonies: 0, users: 0, releases: [] }
		})
	);
}

const isOver = (at: string, { timeZone }: FilteredProject, now: Date) =>
	endOfBucket(at, timeZone) <= now.getTime();

function toFilters({ id, timeZone }: FilteredProject, rule: AlertRule, range: DayRange): Filters {
	return {
		...{ project: id, zone: timeZone, ...range, period: 'custom', compare: 'none' },
		...queryToNarrowing(rule.query)
	};
}
