import { hash } from 'node:crypto';
import type { Settings } from '../open-settings.ts';
import type { AuditEntryTable } from './access-schema.ts';

export const AUDIT_ACTIONS = [
	'signed-in',
	'sign-in-refused',
	'signed-out',
	'confirmed',
	'joined',
	'looked-up',
	'exported',
	'changed',
	'refused',
	'command',
	'erased'
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Who did it: a name as it was then, and the id of a person or key. */
export interface Actor {
	kind: AuditEntryTable['actor_kind'];
	id?: string;
	name: string;
}

/** Something that somebody saw or changed. */
export interface AuditNote {
	actor: Actor;
	action: AuditAction;
	/** Left out: of no project. */
	projectId?: string | undefined;
	/** What was seen or changed. */
	subject?: string;
	detail?: Record<string, string | number>;
}

export interface AuditEntry {
	number: number;
	at: number;
	actor: { kind: Actor['kind']; id: string; name: string };
	action: AuditAction;
	/** Empty: of no project. */
	projectId: string;
	subject: string;
	detail: Record<string, string | number>;
	hash: string;
}

const TRIES = 20;
const LONGEST = 300;

/** Adds an entry to the end of the chain. @returns its number and hash. Whoever adds one at the same moment comes before or after it. */
export async function noteAudit(
	settings: Settings,
	{ actor, action, projectId = '', subject = '', detail = {} }: AuditNote
): Promise<{ number: number; hash: string }> {
	for (let attempt = 1; ; attempt++) {
		const last = await newest(settings);
		const row = sealed({
			...{ number: (last?.number ?? 0) + 1, at_unix_ms: Date.now() },
			...{ actor_kind: actor.kind, actor_id: actor.id ?? '', actor: actor.name.slice(0, LONGEST) },
			...{ action, project_id: projectId, subject: subject.slice(0, LONGEST) },
			...{ detail: JSON.stringify(detail), previous_hash: last?.hash ?? '' }
		});
		const { numInsertedOrUpdatedRows } = await settings
			.insertInto('audit_entry')
			.values(row)
			.onConflict((conflict) => conflict.column('number').doNothing())
			.executeTakeFirstOrThrow();
		if (numInsertedOrUpdatedRows === 1n) return { number: row.number, hash: row.hash };
		// Somebody took this number meanwhile.
		if (attempt === TRIES)
			throw new Error('The audit log could not be added to: others do all the time.');
	}
}

async function newest(settings: Settings) {
	return settings
		.selectFrom('audit_entry')
		.select(['number', 'hash'])
		.orderBy('number', 'desc')
		.limit(1)
		.executeTakeFirst();
}

type Unsealed = Omit<AuditEntryTable, 'hash'>;

function sealed(row: Unsealed): AuditEntryTable {
	return { ...row, hash: hash('sha256', JSON.stringify(contentOf(row)), 'hex') };
}

/** What an entry's hash is made of, in this order: `README.md` of this room repeats it for whoever checks by other means. */
const contentOf = (row: Unsealed) => [
	...[row.number, row.at_unix_ms, row.actor_kind, row.actor_id, row.actor, row.action],
	...[row.project_id, row.subject, row.detail, row.previous_hash]
];

export interface AuditFilter {
	action?: AuditAction | undefined;
	/** A part of the name. */
	actor?: string | undefined;
	projectId?: string | undefined;
	/** Entries before this number. */
	before?: number | undefined;
	limit?: number;
}

/** Entries, the newest first. */
export async function readAuditLog(
	settings: Settings,
	{ action, actor, projectId, before, limit = 100 }: AuditFilter
): Promise<AuditEntry[]> {
	let query = settings.selectFrom('audit_entry').selectAll();
	if (action) query = query.where('action', '=', action);
	if (projectId) query = query.where('project_id', '=', projectId);
	if (actor)
		query = query.where((eb) =>
			eb(
				eb.fn<string>('lower', ['actor']),
				'like',
				`%${actor.toLowerCase().replace(/[\\%_]/g, '')}%`
			)
		);
	if (before) query = query.where('number', '<', before);
	const rows = await query.orderBy('number', 'desc').limit(limit).execute();
	return rows.map(toEntry);
}

/** Entries behind a number, in their order. */
export async function readAuditAfter(
	settings: Settings,
	{ number, limit }: { number: number; limit: number }
): Promise<AuditEntry[]> {
	const rows = await settings
		.selectFrom('audit_entry')
		.selectAll()
		.where('number', '>', number)
		.orderBy('number')
		.limit(limit)
		.execute();
	return rows.map(toEntry);
}

const toEntry = (row: AuditEntryTable): AuditEntry => ({
	...{ number: row.number, at: row.at_unix_ms, action: row.action as AuditAction },
	actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor },
	...{ projectId: row.project_id, subject: row.subject, hash: row.hash },
	detail: JSON.parse(row.detail) as AuditEntry['detail']
});

export interface AuditVerdict {
	entries: number;
	/** Hash of the newest entry, to be kept elsewhere: whoever cuts the end off leaves a chain that is whole. */
	head: string;
	/** The first entry that does not follow from the one before it, and what is wrong with it. */
	broken?: { number: number; reason: string };
}

const PAGE = 1_000;

/** Computes the whole chain again. @param expected an entry as it was noted elsewhere, which must still be there */
export async function verifyAuditLog(
	settings: Settings,
	expected?: { number: number; hash: string }
): Promise<AuditVerdict> {
	let [number, head] = [0, ''];
	for (;;) {
		const rows = await settings
			.selectFrom('audit_entry')
			.selectAll()
			.where('number', '>', number)
			.orderBy('number')
			.limit(PAGE)
			.execute();
		for (const row of rows) {
			const broken = (reason: string): AuditVerdict => ({
				...{ entries: number, head },
				broken: { number: row.number, reason }
			});
			if (row.number !== number + 1) return broken(`entry ${number + 1} is missing before it`);
			if (row.previous_hash !== head) return broken('it does not follow from the entry before it');
			if (sealed(row).hash !== row.hash) return broken('it was changed');
			if (expected?.number === row.number && expected.hash !== row.hash)
				return broken('it is another than the one noted elsewhere');
			[number, head] = [row.number, row.hash];
		}
		if (rows.length < PAGE) break;
	}
	if (expected && expected.number > number)
		return {
			...{ entries: number, head },
			broken: { number: expected.number, reason: 'it was noted elsewhere, and is gone' }
		};
	return { entries: number, head };
}
