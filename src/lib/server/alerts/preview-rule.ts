import type { ClickHouseClient } from '@clickhouse/client';
import type { AlertRule } from '../../../../settings/alert-rules.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { describeNewSubject } from '../../alerts/alert-words.ts';
import { dayOfBucket } from '../../alerts/bucket-time.ts';
import { judgePoints, type AlertUnit, type JudgedPoint } from '../../alerts/judge-points.ts';
import { shiftDay, today, type FilteredProject } from '../../filters.ts';
import { localDay } from '../../zone/local-day.ts';
import { findMeasure } from './measure.ts';
import { readAlertPoints, readNewSubjects } from './read-points.ts';

/** How far back a preview looks. */
const PREVIEW_DAYS = { hour: 14, day: 42 };

/** What a rule would have said. */
export interface RulePreview {
	unit: AlertUnit;
	name: string;
	/** Every hour or day looked at, in order; of rules that look for something new, none. */
	points: JudgedPoint[];
	/** Of these: what would have been told. */
	subjects: { at: string; title: string; text: string }[];
	/** How often somebody would have been told: hours or days in a row are once. */
	alerts: number;
	/** Hours or days of which nothing could be said. */
	undecided: number;
	/** First day looked at. */
	from: string;
}

/** Takes a rule that is not saved yet to what already happened. */
export async function previewRule({
	client,
	settings,
	project,
	rule,
	now
}: {
	client: ClickHouseClient;
	settings: Settings;
	project: FilteredProject;
	rule: AlertRule;
	now: Date;
}): Promise<RulePreview> {
	const measure = findMeasure(rule.measure);
	const days = PREVIEW_DAYS[rule.bucket];
	const from = shiftDay(today(project.timeZone, now), 1 - days);
	const shared = { ...measure, from };
	if (measure.unit === 'group') {
		const found = await readNewSubjects({ client, settings, project, rule, now });
		const subjects = found
			.filter(({ reached_at }) => localDay(Date.parse(reached_at), project.timeZone) >= from)
			.map((subject) => ({
				at: subject.reached_at,
				...describeNewSubject(rule, subject, project.timeZone)
			}));
		return { ...shared, points: [], subjects, alerts: subjects.length, undecided: 0 };
	}
	const all = await readAlertPoints({ client, project, rule, now, days });
	const points = judgePoints({
		...{ rule, unit: measure.unit, points: all },
		zone: project.timeZone
	}).filter(({ at }) => dayOfBucket(at, project.timeZone) >= from);
	return {
		...{ ...shared, points, subjects: [], alerts: countAlerts(points) },
		undecided: points.filter(({ undecided }) => undecided !== undefined).length
	};
}

/** What fires on goes on until an hour or day that does not: what nothing can be said of ends nothing. */
function countAlerts(points: readonly Pick<JudgedPoint, 'fires' | 'undecided'>[]): number {
	let alerts = 0;
	let open = false;
	for (const { fires, undecided } of points) {
		if (undecided !== undefined) continue;
		if (fires && !open) alerts += 1;
		open = fires;
	}
	return alerts;
}
