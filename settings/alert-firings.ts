import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Settings } from './open-settings.ts';
import type { AlertFiringTable } from './schema.ts';

/** A rule had something to say. Times are Unix epoch milliseconds. */
export interface AlertFiring {
	id: string;
	projectId: string;
	ruleId: string;
	ruleName: string;
	/** What it is about, of rules that look for something new: a cause, or the id of a group of failures. Else empty. */
	subject: string;
	/** The hour or day it began in, ISO 8601, and the last it was so in. */
	bucket: string;
	lastBucket: string;
	title: string;
	/** The figures behind it, in sentences. */
	text: string;
	/** The page that shows it: a path with its filters. */
	path: string;
	firedAt: number;
	resolvedAt?: number;
}

/** Somebody is to be told, or was. */
export interface AlertDelivery {
	id: string;
	firingId: string;
	channelId: string;
	event: 'fired' | 'resolved';
	attempts: number;
	/** When it is tried next; undefined: it was delivered, or given up. */
	nextAt?: number;
	sentAt?: number;
	/** Why the last attempt failed. */
	lastError: string;
}

/** A project's firings, the newest first; of one rule, or the open ones alone, when asked to. */
export async function listAlertFirings(
	settings: Settings,
	{
		projectId,
		ruleId,
		open = false,
		limit = 100
	}: { projectId: string; ruleId?: string; open?: boolean; limit?: number }
): Promise<AlertFiring[]> {
	let query = settings
		.selectFrom('alert_firing')
		.selectAll()
		.where('project_id', '=', projectId)
		.orderBy('fired_unix_ms', 'desc')
		.orderBy('id')
		.limit(limit);
	if (ruleId !== undefined) query = query.where('rule_id', '=', ruleId);
	if (open) query = query.where('resolved_unix_ms', 'is', null);
	return (await query.execute()).map(toFiring);
}

/**
 * Notes that a rule fires. Of several that try at once for the same rule, subject and bucket, one gets it.
 *
 * @returns undefined where it is noted already
 */
export async function openAlertFiring(
	settings: Settings,
	firing: Omit<AlertFiring, 'id' | 'resolvedAt'>
): Promise<AlertFiring | undefined> {
	const id = randomUUID();
	const { numInsertedOrUpdatedRows } = await settings
		.insertInto('alert_firing')
		.values({
			id,
			project_id: firing.projectId,
			rule_id: firing.ruleId,
			rule_name: firing.ruleName,
			subject: firing.subject,
			bucket: firing.bucket,
			last_bucket: firing.lastBucket,
			title: firing.title,
			text: firing.text,
			path: firing.path,
			fired_unix_ms: firing.firedAt,
			resolved_unix_ms: null
		})
		.onConflict((conflict) => conflict.columns(['rule_id', 'subject', 'bucket']).doNothing())
		.executeTakeFirst();
	return numInsertedOrUpdatedRows === 1n ? { id, ...firing } : undefined;
}

/** It is still so, with these figures. */
export async function continueAlertFiring(
	settings: Settings,
	{ id, lastBucket, title, text }: Pick<AlertFiring, 'id' | 'lastBucket' | 'title' | 'text'>
): Promise<void> {
	await settings
		.updateTable('alert_firing')
		.set({ last_bucket: lastBucket, title, text })
		.where('id', '=', id)
		.execute();
}

/** It is over. @returns false when somebody noted that before */
export async function resolveAlertFiring(
	settings: Settings,
	{ id, at }: { id: string; at: number }
): Promise<boolean> {
	const { numUpdatedRows } = await settings
		.updateTable('alert_firing')
		.set({ resolved_unix_ms: at })
		.where('id', '=', id)
		.where('resolved_unix_ms', 'is', null)
		.executeTakeFirst();
	return numUpdatedRows === 1n;
}

/** Wants these channels told; each is told once of each event, however often this is asked for. */
export async function requestAlertDeliveries(
	settings: Settings,
	{
		firing,
		channels,
		event,
		now = Date.now()
	}: {
		firing: Pick<AlertFiring, 'id' | 'projectId'>;
		channels: readonly string[];
		event: AlertDelivery['event'];
		now?: number;
	}
): Promise<void> {
	for (const channel_id of channels)
		await settings
			.insertInto('alert_delivery')
			.values({
				id: randomUUID(),
				project_id: firing.projectId,
				firing_id: firing.id,
				channel_id,
				event,
				attempts: 0,
				next_unix_ms: now,
				sent_unix_ms: null,
				last_error: ''
			})
			.onConflict((conflict) => conflict.columns(['firing_id', 'channel_id', 'event']).doNothing())
			.execute();
}

/** What became of telling, of these firings. */
export async function listAlertDeliveries(
	settings: Settings,
	firings: readonly string[]
): Promise<AlertDelivery[]> {
	if (firings.length === 0) return [];
	const rows = await settings
		.selectFrom('alert_delivery')
		.selectAll()
		.where('firing_id', 'in', firings)
		.execute();
	return rows.map((row) => ({
		id: row.id,
		firingId: row.firing_id,
		channelId: row.channel_id,
		event: row.event,
		attempts: row.attempts,
		...(row.next_unix_ms !== null && { nextAt: Number(row.next_unix_ms) }),
		...(row.sent_unix_ms !== null && { sentAt: Number(row.sent_unix_ms) }),
		lastError: row.last_error
	}));
}

/** A delivery whose time has come, with what it tells of. */
export interface DueDelivery {
	delivery: { id: string; channelId: string; event: AlertDelivery['event']; attempts: number };
	firing: AlertFiring;
}

/**
 * Takes what is due, each for `forMs`: of several that try at once, one gets each; whoever ends meanwhile leaves it to be taken again.
 * `attempts` counts this one.
 */
export async function claimAlertDeliveries(
	settings: Settings,
	{ now = Date.now(), forMs, limit = 50 }: { now?: number; forMs: number; limit?: number }
): Promise<DueDelivery[]> {
	const due = await settings
		.selectFrom('alert_delivery')
		.select(['id', 'firing_id', 'channel_id', 'event', 'attempts', 'next_unix_ms'])
		.where('next_unix_ms', '<=', now)
		.orderBy('next_unix_ms')
		// Who was told of nothing is not told that it is over.
		.orderBy('event')
		.limit(limit)
		.execute();
	const claimed: DueDelivery[] = [];
	for (const { id, firing_id, channel_id, event, attempts, next_unix_ms } of due) {
		const { numUpdatedRows } = await settings
			.updateTable('alert_delivery')
			.set({ next_unix_ms: now + forMs, attempts: attempts + 1 })
			.where('id', '=', id)
			.where('next_unix_ms', '=', next_unix_ms)
			.where('attempts', '=', attempts)
			.executeTakeFirst();
		if (numUpdatedRows !== 1n) continue;
		const row = await settings
			.selectFrom('alert_firing')
			.selectAll()
			.where('id', '=', firing_id)
			.executeTakeFirstOrThrow();
		claimed.push({
			delivery: { id, channelId: channel_id, event, attempts: attempts + 1 },
			firing: toFiring(row)
		});
	}
	return claimed;
}

/** Notes what became of an attempt: delivered, to be tried again at `nextAt`, or given up. */
export async function tellAlertDelivery(
	settings: Settings,
	{
		id,
		sentAt,
		nextAt,
		lastError = ''
	}: { id: string; sentAt?: number; nextAt?: number | undefined; lastError?: string }
): Promise<void> {
	await settings
		.updateTable('alert_delivery')
		.set({ sent_unix_ms: sentAt ?? null, next_unix_ms: nextAt ?? null, last_error: lastError })
		.where('id', '=', id)
		.execute();
}

function toFiring(row: Selectable<AlertFiringTable>): AlertFiring {
	return {
		id: row.id,
		projectId: row.project_id,
		ruleId: row.rule_id,
		ruleName: row.rule_name,
		subject: row.subject,
		bucket: row.bucket,
		lastBucket: row.last_bucket,
		title: row.title,
		text: row.text,
		path: row.path,
		firedAt: Number(row.fired_unix_ms),
		...(row.resolved_unix_ms !== null && { resolvedAt: Number(row.resolved_unix_ms) })
	};
}
