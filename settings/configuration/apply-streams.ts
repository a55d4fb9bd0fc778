import { isDeepStrictEqual } from 'node:util';
import type { Settings } from '../open-settings.ts';
import { insertStream, type ReadStream, type Stream } from '../streams.ts';

/**
 * The listed streams, and no other of those that a file set; what was added in the page stays. One is known by its name, so that it goes on
 * where it was; a webhook whose secret the file does not give keeps the one it has.
 *
 * @param kept the streams there are, with the file that set each until now
 * @param wanted undefined: the file says nothing of streams, and those it set before are to be changed in the page
 * @returns what was changed; undefined: nothing
 */
export async function applyStreams(
	settings: Settings,
	{ kept, wanted, file }: { kept: Stream[]; wanted: ReadStream[] | undefined; file: string }
): Promise<string | undefined> {
	if (!wanted) return undefined;
	let changed = false;
	for (const stream of wanted) {
		const before = kept.find(({ name }) => name === stream.name);
		if (!before) await insertStream(settings, stream, file);
		else {
			const secret = stream.secret || (before.kind === stream.kind ? before.secret : '');
			const now = { ...stream, secret };
			await settings.updateTable('stream').set({ file }).where('id', '=', before.id).execute();
			if (isDeepStrictEqual(now, givenOf(before))) continue;
			await settings
				.updateTable('stream')
				.set({
					...{ kind: now.kind, target: now.target, format: now.format, secret },
					authorization_header: now.authorization,
					projects: JSON.stringify(now.projects),
					topics: JSON.stringify(now.topics),
					...{ failures: 0, next_unix_ms: 0 }
				})
				.where('id', '=', before.id)
				.execute();
		}
		changed = true;
	}
	const gone = kept.filter((one) => one.file && !wanted.some(({ name }) => name === one.name));
	for (const { id } of gone) await settings.deleteFrom('stream').where('id', '=', id).execute();
	return changed || gone.length > 0 ? 'streams' : undefined;
}

const givenOf = ({
	name,
	kind,
	target,
	format,
	secret,
	authorization,
	projects,
	topics
}: ReadStream) => ({
	...{ name, kind, target, format, secret, authorization, projects, topics }
});
