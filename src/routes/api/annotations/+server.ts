import { today } from '$lib/filters.ts';
import { projects } from '$lib/server/projects.ts';
import { settings } from '$lib/server/settings.ts';
import { UTC } from '$lib/zone/local-day.ts';
import { json } from '@sveltejs/kit';
import { addAnnotation, parseAnnotation } from '../../../../settings/annotations.ts';
import { findSender } from '../../../../settings/projects.ts';
import type { RequestHandler } from './$types';

const FIELDS = ['text', 'kind', 'day', 'author'];
const MOST_BYTES = 10_000;
const HEADERS = { 'cache-control': 'no-store' };

/**
 * `POST /api/annotations`, for a deploy pipeline: notes a release or a campaign in the project whose secret server key is sent.
 * 201 with the annotation; 200 with the one that is there when it is sent again. Mistakes are answered by 4xx with `code`, `field`
 * and `message`.
 */
export const POST: RequestHandler = async ({ request }) => {
	const store = await settings();
	const [, key] = /^Bearer (\S+)$/.exec(request.headers.get('authorization') ?? '') ?? [];
	if (!key)
		return refuse(401, {
			code: 'missing_key',
			field: 'authorization',
			message: 'Send "authorization: Bearer sk_…" with a server key of the project.'
		});
	const sender = await findSender(store, key);
	if (!sender)
		return refuse(401, {
			code: 'unknown_key',
			field: 'authorization',
			message: 'No project has this key, or it was revoked.'
		});
	if (sender.kind !== 'server')
		return refuse(403, {
			code: 'wrong_kind_of_key',
			field: 'authorization',
			message:
				'An ingest key (pk_…) is public and may not annotate: send a secret server key (sk_…).'
		});
	const body = await readBody(request);
	if ('refusal' in body) return refuse(400, body.refusal);
	const unknown = Object.keys(body.value).find((name) => !FIELDS.includes(name));
	if (unknown !== undefined)
		return refuse(400, {
			code: 'unknown_field',
			field: unknown.slice(0, 64),
			message: `No such field. There are: ${FIELDS.join(', ')}.`
		});
	const { projectId } = sender;
	const { text, kind, day = await todayOf(projectId), author } = body.value;
	const read = parseAnnotation({ text, kind, day, author });
	if ('mistake' in read) return refuse(400, { code: 'invalid_field', ...read.mistake });
	const { annotation } = read;
	const { id, added } = await addAnnotation(store, { projectId, annotation, source: 'api' });
	return json(
		{ annotation: { id, project: projectId, ...annotation } },
		{ status: added ? 201 : 200, headers: HEADERS }
	);
};

/** Today where the project is. */
async function todayOf(projectId: string): Promise<string> {
	const project = (await projects()).find(({ id }) => id === projectId);
	return today(project?.timeZone ?? UTC);
}

interface Refusal {
	code: string;
	field: string;
	message: string;
}

async function readBody(
	request: Request
): Promise<{ value: Record<string, unknown> } | { refusal: Refusal }> {
	const text = await request.text();
	if (text.length <= MOST_BYTES) {
		try {
			const value: unknown = JSON.parse(text);
			if (typeof value === 'object' && value !== null && !Array.isArray(value))
				return { value: value as Record<string, unknown> };
		} catch {
			// Told below, as anything else that is no object.
		}
	}
	return {
		refusal: {
			code: 'invalid_body',
			field: 'body',
			message: `Send a JSON object of at most ${MOST_BYTES} characters, such as {"text": "Release 2.4"}.`
		}
	};
}

const refuse = (status: number, error: Refusal) => json({ error }, { status, headers: HEADERS });
