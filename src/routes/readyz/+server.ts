import { database } from '$lib/server/database.ts';
import { settings } from '$lib/server/settings.ts';
import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

const ANSWER_MS = 2_000;

/** It can show pages: the database and the settings answer. What is wrong is told in general words, since anybody may ask. */
export const GET: RequestHandler = async () => {
	const [data, store] = await Promise.all([answers(askDatabase()), answers(askSettings())]);
	const obstacles = [
		...(data ? [] : ['the database does not answer']),
		...(store ? [] : ['the settings cannot be read'])
	];
	if (obstacles.length === 0) return json({ status: 'ready' });
	return json({ status: 'not ready', obstacles }, { status: 503 });
};

async function askDatabase(): Promise<unknown> {
	const client = await database();
	const answer = await client.query({ query: 'SELECT 1', format: 'JSONEachRow' });
	return answer.json();
}

async function askSettings(): Promise<unknown> {
	return (await settings()).selectFrom('project').select('id').limit(1).execute();
}

async function answers(asked: Promise<unknown>): Promise<boolean> {
	const answered = asked.then(
		() => true,
		() => false
	);
	const { promise: tooLate, resolve } = Promise.withResolvers<boolean>();
	const timer = setTimeout(() => resolve(false), ANSWER_MS);
	return Promise.race([answered, tooLate]).finally(() => clearTimeout(timer));
}
