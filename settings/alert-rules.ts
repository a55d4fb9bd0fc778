import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Settings } from './open-settings.ts';
import type { AlertRuleTable } from './schema.ts';

export const ALERT_CONDITIONS = ['above', 'below', 'rises', 'falls', 'absent', 'appears'] as const;
export const ALERT_BUCKETS = ['hour', 'day'] as const;

const ruleSchema = z.object({
	/** A figure's id in the registry, or one of the dashboard's own measures of ceremonies and failures. */
	measure: z.string(),
	/** Of measures of failures: those of this cause, or of this group, alone. Empty: any. */
	cause: z.string(),
	failure: z.string(),
	condition: z.enum(ALERT_CONDITIONS),
	/** As people write it: percent of a share, seconds of a time, a count; of a change, percentage points of a share, else percent; of absence, how many hours or days. */
	threshold: z.number(),
	bucket: z.enum(ALERT_BUCKETS),
	/** Cases below which nothing is said. */
	minimum: z.number(),
	/** Filters as in a page's address, without project and period. */
	query: z.string()
});

/** When somebody wants to be told. */
export type AlertRule = z.infer<typeof ruleSchema>;

export interface StoredAlertRule extends AlertRule {
	id: string;
	projectId: string;
	name: string;
	/** Ids of the channels that are told. */
	channels: string[];
	/** Who made or changed it last, as they named themselves. */
	author: string;
	/** Unix epoch in milliseconds: what was over before is not told of. */
	changedAt: number;
	/** Until then nobody is told. */
	silencedUntil?: number;
	silencedBy: string;
	evaluatedAt?: number;
	/** Why the last evaluation failed; empty: it did not. */
	lastError: string;
}

export interface AlertMistake {
	field: string;
	message: string;
}

const LONGEST_NAME = 80;
const MOST_RULES = 200;

/** A project's rules by name; every project's when none is given. */
export async function listAlertRules(
	settings: Settings,
	projectId?: string
): Promise<StoredAlertRule[]> {
	let query = settings.selectFrom('alert_rule').selectAll().orderBy('name').orderBy('id');
	if (projectId !== undefined) query = query.where('project_id', '=', projectId);
	return (await query.execute()).map(toRule);
}

/** Makes a rule, or changes the one of `id`. */
export async function saveAlertRule(
	settings: Settings,
	{
		projectId,
		id,
		name: given,
		rule,
		channels,
		author,
		now = Date.now()
	}: {
		projectId: string;
		id?: string | undefined;
		name: string;
		rule: AlertRule;
		channels: readonly string[];
		author: string;
		now?: number;
	}
): Promise<{ id: string } | { mistake: AlertMistake }> {
	const name = given.trim();
	if (name === '' || name.length > LONGEST_NAME)
		return refuse('name', `Give it a name of 1 to ${LONGEST_NAME} characters.`);
	const values = {
		name,
		rule: JSON.stringify(ruleSchema.parse(rule)),
		channels: JSON.stringify(channels),
		author,
		changed_unix_ms: now,
		last_error: ''
	};
	if (id !== undefined) {
		const { numUpdatedRows } = await settings
			.updateTable('alert_rule')
			.set(values)
			.where('project_id', '=', projectId)
			.where('id', '=', id)
			.executeTakeFirst();
		if (numUpdatedRows === 1n) return { id };
		return refuse('id', 'This rule is gone: somebody removed it meanwhile.');
	}
	if ((await listAlertRules(settings, projectId)).length >= MOST_RULES)
		return refuse('name', `A project has at most ${MOST_RULES} rules: remove one first.`);
	const made = randomUUID();
	await settings
		.insertInto('alert_rule')
		.values({ id: made, project_id: projectId, ...values })
		.execute();
	return { id: made };
}

/** Nobody is told by this rule until then (Unix milliseconds); `undefined`: from now on they are again. */
export async function silenceAlertRule(
	settings: Settings,
	{
		projectId,
		id,
		until,
		by
	}: { projectId: string; id: string; until: number | undefined; by: string }
): Promise<void> {
	await settings
		.updateTable('alert_rule')
		.set({ silenced_until_unix_ms: until ?? null, silenced_by: until === undefined ? '' : by })
		.where('project_id', '=', projectId)
		.where('id', '=', id)
		.execute();
}

/** Removes a rule. What it told stays in the history. */
export async function removeAlertRule(
	settings: Settings,
	{ projectId, id, now = Date.now() }: { projectId: string; id: string; now?: number }
): Promise<void> {
	await settings.transaction().execute(async (transaction) => {
		await transaction
			.deleteFrom('alert_rule')
			.where('project_id', '=', projectId)
			.where('id', '=', id)
			.execute();
		await transaction
			.updateTable('alert_firing')
			.set({ resolved_unix_ms: now })
			.where('project_id', '=', projectId)
			.where('rule_id', '=', id)
			.where('resolved_unix_ms', 'is', null)
			.execute();
	});
}

/** Notes that a rule was evaluated, or why it could not be. */
export async function tellAlertRule(
	settings: Settings,
	{ id, at, lastError = '' }: { id: string; at: number; lastError?: string }
): Promise<void> {
	await settings
		.updateTable('alert_rule')
		.set({ evaluated_unix_ms: at, last_error: lastError })
		.where('id', '=', id)
		.execute();
}

const refuse = (field: string, message: string) => ({ mistake: { field, message } });

function toRule(row: Selectable<AlertRuleTable>): StoredAlertRule {
	return {
		...ruleSchema.parse(JSON.parse(row.rule)),
		id: row.id,
		projectId: row.project_id,
		name: row.name,
		channels: z.array(z.string()).parse(JSON.parse(row.channels)),
		author: row.author,
		changedAt: Number(row.changed_unix_ms),
		...(row.silenced_until_unix_ms !== null && {
			silencedUntil: Number(row.silenced_until_unix_ms)
		}),
		silencedBy: row.silenced_by,
		...(row.evaluated_unix_ms !== null && { evaluatedAt: Number(row.evaluated_unix_ms) }),
		lastError: row.last_error
	};
}
