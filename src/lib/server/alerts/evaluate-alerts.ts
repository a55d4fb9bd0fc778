import type { ClickHouseClient } from '@clickhouse/client';
import { listAlertChannels } from '../../../../settings/alert-channels.ts';
import {
	continueAlertFiring,
	listAlertDeliveries,
	listAlertFirings,
	openAlertFiring,
	requestAlertDeliveries,
	resolveAlertFiring,
	type AlertFiring
} from '../../../../settings/alert-firings.ts';
import {
	listAlertRules,
	tellAlertRule,
	type StoredAlertRule
} from '../../../../settings/alert-rules.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { listProjects } from '../../../../settings/projects.ts';
import { describeFiring, describeNewSubject } from '../../alerts/alert-words.ts';
import { dayOfBucket, endOfBucket } from '../../alerts/bucket-time.ts';
import { judgePoints } from '../../alerts/judge-points.ts';
import { shiftDay, today, type FilteredProject } from '../../filters.ts';
import { alertPath } from './alert-path.ts';
import { findMeasure } from './measure.ts';
import { readAlertPoints, readNewSubjects } from './read-points.ts';

const DAY_MS = 86_400_000;
/** The current hour or day and those just before: events come late, and a process may have been down. */
const LOOK_BACK = { hour: 3, day: 2 };
/** A new failure that was not met for so long is over. */
const GONE_MS = DAY_MS;

/**
 * Looks at every rule as of `now`: notes what fires, what still does and what is over, and asks for those to be told who want to be. Doing
 * it again, or twice at once, changes nothing. What goes wrong with one rule is noted with it and keeps no other.
 */
export async function evaluateAlerts({
	client,
	settings,
	now = new Date()
}: {
	client: ClickHouseClient;
	settings: Settings;
	now?: Date;
}): Promise<void> {
	const projects = await listProjects(settings);
	for (const rule of await listAlertRules(settings)) {
		const project = projects.find(({ id }) => id === rule.projectId);
		if (!project) continue;
		const at = now.getTime();
		try {
			const states = await statesOf({ client, settings, project, rule, now });
			await follow({ settings, project, rule, states, now });
			await tellAlertRule(settings, { id: rule.id, at });
		} catch (error) {
			const lastError = error instanceof Error ? error.message : String(error);
			await tellAlertRule(settings, { id: rule.id, at, lastError: lastError.slice(0, 500) });
		}
	}
}

/** What a rule has to say of one subject in one hour or day. */
interface State {
	subject: string;
	bucket: string;
	fires: boolean;
	title: string;
	text: string;
}

async function statesOf({
	client,
	settings,
	project,
	rule,
	now
}: {
	client: ClickHouseClient;
	settings: Settings;
	project: FilteredProject;
	rule: StoredAlertRule;
	now: Date;
}): Promise<State[]> {
	const { bucket } = rule;
	const zone = project.timeZone;
	const { name, unit } = findMeasure(rule.measure);
	if (unit === 'group') {
		const found = await readNewSubjects({ client, settings, project, rule, now });
		return (
			found
				// What is new is so since the rule was made; what is wrong is wrong, however long.
				.filter(
					({ over, reached_at }) =>
						over !== undefined || Date.parse(reached_at) >= rule.changedAt - LOOK_BACK.day * DAY_MS
				)
				.map((subject) => ({
					subject: subject.subject,
					bucket: subject.first_at,
					fires: !(subject.over ?? now.getTime() - Date.parse(subject.last_at) >= GONE_MS),
					...describeNewSubject(rule, subject, zone)
				}))
		);
	}
	const days =
		rule.condition === 'absent' && bucket === 'day' ? rule.threshold + LOOK_BACK.day : spanOf(rule);
	const points = await readAlertPoints({ client, project, rule, now, days });
	return judgePoints({ rule, unit, points, zone })
		.slice(-LOOK_BACK[bucket])
		.filter(({ undecided }) => undecided === undefined)
		.filter(({ at }) => endOfBucket(at, zone) > rule.changedAt)
		.map((point) => ({
			subject: '',
			bucket: point.at,
			fires: point.fires,
			...describeFiring({ rule, name, unit, point, zone })
		}));
}

/** Days that hold the last hours looked at, and those before them that absence is told from. */
const spanOf = ({ condition, threshold }: StoredAlertRule) =>
	condition === 'absent' ? Math.ceil((threshold + LOOK_BACK.hour) / 24) + 1 : LOOK_BACK.day;

async function follow({
	settings,
	project,
	rule,
	states,
	now
}: {
	settings: Settings;
	project: FilteredProject;
	rule: StoredAlertRule;
	states: readonly State[];
	now: Date;
}): Promise<void> {
	const { projectId } = rule;
	const at = now.getTime();
	const known = await listAlertFirings(settings, { projectId, ruleId: rule.id, limit: 1_000 });
	for (const state of states) {
		const same = known.filter(({ subject }) => subject === state.subject);
		const open = same.find(({ resolvedAt }) => resolvedAt === undefined);
		if (state.fires && open) {
			if (state.bucket >= open.lastBucket) {
				open.lastBucket = state.bucket;
				await continueAlertFiring(settings, { ...state, id: open.id, lastBucket: state.bucket });
			}
		} else if (state.fires) {
			if (same.some((one) => isTold(state, one))) continue;
			const opened = await openAlertFiring(
				settings,
				toFiring(rule, { zone: project.timeZone, state, at })
			);
			if (!opened) continue;
			known.push(opened);
			await requestFired({ settings, rule, firings: [opened], now: at });
		} else if (open && isAfter(state, open)) {
			if (await resolveAlertFiring(settings, { id: open.id, at })) open.resolvedAt = at;
			await requestResolved(settings, open, at);
		}
	}
	// What began while nobody was to be told, and still goes on.
	const firings = await listAlertFirings(settings, { projectId, ruleId: rule.id, open: true });
	await requestFired({ settings, rule, firings, now: at });
}

/** An hour or day that a firing covers. What is new is so once. */
const isTold = ({ subject, bucket }: State, firing: AlertFiring) =>
	subject !== '' || (firing.bucket <= bucket && bucket <= firing.lastBucket);

/** An hour or day after the last one that fired. What is new ends when it is met no more. */
const isAfter = ({ subject, bucket }: State, open: AlertFiring) =>
	subject !== '' || bucket > open.lastBucket;

function toFiring(
	rule: StoredAlertRule,
	{ zone, state, at }: { zone: string; state: State; at: number }
): Omit<AlertFiring, 'id'> {
	const { projectId } = rule;
	const { subject, bucket, title, text } = state;
	const first = dayOfBucket(bucket, zone);
	const day = subject === '' ? first : laterDay(first, today(zone, new Date(at)));
	return {
		...{ projectId, ruleId: rule.id, ruleName: rule.name, subject },
		...{ bucket, lastBucket: bucket, title, text, firedAt: at },
		path: alertPath({ project: projectId, rule, day, subject })
	};
}

/** Up to today, but no further from its first sight than the page looks back. */
function laterDay(first: string, day: string): string {
	const last = shiftDay(first, 7);
	return day < last ? day : last;
}

/** Asks for a rule's channels to be told, unless it is silenced. */
async function requestFired({
	settings,
	rule,
	firings,
	now
}: {
	settings: Settings;
	rule: StoredAlertRule;
	firings: readonly AlertFiring[];
	now: number;
}): Promise<void> {
	if (rule.silencedUntil !== undefined && rule.silencedUntil > now) return;
	const there = await listAlertChannels(settings, rule.projectId);
	const channels = there.map(({ id }) => id).filter((id) => rule.channels.includes(id));
	for (const firing of firings)
		await requestAlertDeliveries(settings, { firing, channels, event: 'fired', now });
}

/** Who was told that it began is told that it is over. */
async function requestResolved(
	settings: Settings,
	firing: AlertFiring,
	now: number
): Promise<void> {
	const told = await listAlertDeliveries(settings, [firing.id]);
	const channels = told.filter(({ event }) => event === 'fired').map(({ channelId }) => channelId);
	await requestAlertDeliveries(settings, { firing, channels, event: 'resolved', now });
}
