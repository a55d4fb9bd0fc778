import { randomUUID } from 'node:crypto';
import type { Settings } from './open-settings.ts';

const ANNOTATION_KINDS = ['release', 'campaign', 'note'] as const;

export type AnnotationKind = (typeof ANNOTATION_KINDS)[number];

const LONGEST_TEXT = 120;
const LONGEST_AUTHOR = 80;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Something that happened and may explain a change: drawn on every time chart of its project. */
export interface Annotation {
	id: string;
	/** `YYYY-MM-DD`, of the project's time zone. */
	day: string;
	kind: AnnotationKind;
	text: string;
	/** Who noted it, as they named themselves; may be empty. */
	author: string;
	/** Whether a program noted it. */
	source: 'page' | 'api';
	/** When it was noted, and when last changed: Unix epoch in milliseconds. */
	createdAt: number;
	changedAt: number | undefined;
}

export type AnnotationInput = Pick<Annotation, 'day' | 'kind' | 'text' | 'author'>;

/** What is wrong with an annotation, and how to mend it. */
export interface AnnotationMistake {
	field: keyof AnnotationInput;
	message: string;
}

/** Reads an annotation somebody wrote, in a form or as JSON. Anything else than what is asked for is named. */
export function parseAnnotation(
	input: Record<keyof AnnotationInput, unknown>
): { annotation: AnnotationInput } | { mistake: AnnotationMistake } {
	const refuse = (field: keyof AnnotationInput, message: string) => ({
		mistake: { field, message }
	});
	const { day, kind: wanted } = input;
	const text = typeof input.text === 'string' ? input.text.trim() : '';
	if (text === '') return refuse('text', 'Say what happened, such as "Release 2.4".');
	if (text.length > LONGEST_TEXT)
		return refuse('text', `The text has ${text.length} characters; ${LONGEST_TEXT} are kept.`);
	if (typeof day !== 'string' || !DAY.test(day) || !isDay(day))
		return refuse('day', 'Give the day it happened, such as 2026-11-22.');
	const kind = ANNOTATION_KINDS.find((one) => one === (wanted ?? 'note'));
	if (!kind) return refuse('kind', `Choose a kind: ${ANNOTATION_KINDS.join(', ')}.`);
	const author = input.author ?? '';
	if (typeof author !== 'string' || author.length > LONGEST_AUTHOR)
		return refuse('author', `The author is a text of at most ${LONGEST_AUTHOR} characters.`);
	return { annotation: { day, kind, text, author: author.trim() } };
}

/** A date that the calendar has: 31 February is none. */
function isDay(day: string): boolean {
	const date = new Date(day);
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** A project's annotations in order of their days; between two days, both included, when they are given. */
export async function listAnnotations(
	settings: Settings,
	{ projectId, from, to }: { projectId: string; from?: string; to?: string }
): Promise<Annotation[]> {
	let query = settings.selectFrom('annotation').selectAll().where('project_id', '=', projectId);
	if (from !== undefined) query = query.where('day', '>=', from);
	if (to !== undefined) query = query.where('day', '<=', to);
	const rows = await query.orderBy('day').orderBy('created_unix_ms').execute();
	return rows.map(({ id, day, kind, text, author, source, created_unix_ms, changed_unix_ms }) => ({
		...{ id, day, kind, text, author, source },
		createdAt: Number(created_unix_ms),
		changedAt: changed_unix_ms === null ? undefined : Number(changed_unix_ms)
	}));
}

/**
 * Notes something. The same kind and text on the same day is one annotation, so that a pipeline may repeat itself.
 *
 * @returns its id, and whether it is new
 */
export async function addAnnotation(
	settings: Settings,
	{
		projectId,
		annotation,
		source
	}: { projectId: string; annotation: AnnotationInput; source: Annotation['source'] }
): Promise<{ id: string; added: boolean }> {
	const { day, kind, text } = annotation;
	return settings.transaction().execute(async (transaction) => {
		const same = await transaction
			.selectFrom('annotation')
			.select('id')
			.where('project_id', '=', projectId)
			.where('day', '=', day)
			.where('kind', '=', kind)
			.where('text', '=', text)
			.executeTakeFirst();
		if (same) return { id: same.id, added: false };
		const id = randomUUID();
		await transaction
			.insertInto('annotation')
			.values({
				...{ id, project_id: projectId, ...annotation, source },
				created_unix_ms: Date.now(),
				changed_unix_ms: null
			})
			.execute();
		return { id, added: true };
	});
}

/** @returns false when the project has no such annotation */
export async function changeAnnotation(
	settings: Settings,
	{ projectId, id, annotation }: { projectId: string; id: string; annotation: AnnotationInput }
): Promise<boolean> {
	const { numUpdatedRows } = await settings
		.updateTable('annotation')
		.set({ ...annotation, changed_unix_ms: Date.now() })
		.where('project_id', '=', projectId)
		.where('id', '=', id)
		.executeTakeFirst();
	return numUpdatedRows > 0n;
}

/** @returns false when the project has no such annotation */
export async function removeAnnotation(
	settings: Settings,
	{ projectId, id }: { projectId: string; id: string }
): Promise<boolean> {
	const { numDeletedRows } = await settings
		.deleteFrom('annotation')
		.where('project_id', '=', projectId)
		.where('id', '=', id)
		.executeTakeFirst();
	return numDeletedRows > 0n;
}
