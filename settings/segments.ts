import { randomUUID } from 'node:crypto';
import type { Settings } from './open-settings.ts';

const LONGEST_NAME = 60;
const LONGEST_QUERY = 2_000;
const MOST_SEGMENTS = 200;

/** Filters somebody saved under a name. */
export interface Segment {
	id: string;
	name: string;
	/** As in a page's address, without the project and the period: `ecosystem=apple&platform=iOS`. */
	query: string;
}

export interface SegmentMistake {
	field: 'name' | 'query';
	message: string;
}

/** A project's segments, by name. */
export async function listSegments(settings: Settings, projectId: string): Promise<Segment[]> {
	return settings
		.selectFrom('segment')
		.select(['id', 'name', 'query'])
		.where('project_id', '=', projectId)
		.orderBy('name')
		.execute();
}

/** Saves filters under a name; a name that is taken gets the new filters. */
export async function saveSegment(
	settings: Settings,
	{ projectId, name: given, query }: { projectId: string; name: string; query: string }
): Promise<SegmentMistake | undefined> {
	const name = given.trim();
	const mistake = checkName(name);
	if (mistake) return mistake;
	if (query === '' || query.length > LONGEST_QUERY)
		return {
			field: 'query',
			message: 'Choose at least one filter: a segment without any is everything.'
		};
	return settings.transaction().execute(async (transaction) => {
		const there = await listSegments(transaction, projectId);
		const same = there.find((segment) => segment.name === name);
		if (same) {
			await transaction.updateTable('segment').set({ query }).where('id', '=', same.id).execute();
			return undefined;
		}
		if (there.length >= MOST_SEGMENTS)
			return {
				field: 'name',
				message: `A project has at most ${MOST_SEGMENTS} segments: remove one first.`
			};
		await transaction
			.insertInto('segment')
			.values({ id: randomUUID(), project_id: projectId, name, query, created_unix_ms: Date.now() })
			.execute();
		return undefined;
	});
}

export async function renameSegment(
	settings: Settings,
	{ projectId, id, name: given }: { projectId: string; id: string; name: string }
): Promise<SegmentMistake | undefined> {
	const name = given.trim();
	const mistake = checkName(name);
	if (mistake) return mistake;
	return settings.transaction().execute(async (transaction) => {
		const there = await listSegments(transaction, projectId);
		if (there.some((segment) => segment.name === name && segment.id !== id))
			return { field: 'name', message: `There is a segment "${name}" already.` };
		await transaction
			.updateTable('segment')
			.set({ name })
			.where('project_id', '=', projectId)
			.where('id', '=', id)
			.execute();
		return undefined;
	});
}

export async function removeSegment(
	settings: Settings,
	{ projectId, id }: { projectId: string; id: string }
): Promise<void> {
	await settings
		.deleteFrom('segment')
		.where('project_id', '=', projectId)
		.where('id', '=', id)
		.execute();
}

function checkName(name: string): SegmentMistake | undefined {
	if (name !== '' && name.length <= LONGEST_NAME) return undefined;
	return { field: 'name', message: `Give it a name of 1 to ${LONGEST_NAME} characters.` };
}
