import { open } from 'node:fs/promises';
import { followRedirects } from '../../sdk/outbound/follow-redirects.ts';
import { TableError } from './table.ts';

const REQUEST_MS = 30_000;
/** A table's address may lead on to a file of its day, and that to a store. */
const TOTAL_MS = 60_000;
const PRIVATE_ALLOWED_BY =
	' Where that is meant, start the collector with PASSLENS_TABLES_ALLOW_PRIVATE=1, or with tables.allow_private in its configuration file.';

export interface SourceOptions {
	/** A path, or an http(s) address. */
	source: string;
	maxBytes: number;
	/** Lets an address lead to private and loopback networks. */
	allowPrivate: boolean;
	/** PEM certificates trusted beside the usual ones. */
	ca?: string | undefined;
}

export function isAddress(source: string): boolean {
	return /^https?:\/\//i.test(source);
}

/**
 * The bytes at a path or an address. Of an address every name is resolved and checked before it is connected to, and
 * redirects go within the origin or from HTTPS to HTTPS alone.
 *
 * @throws TableError
 */
export async function readSource(options: SourceOptions): Promise<Buffer> {
	return isAddress(options.source) ? readAddress(options) : readFile(options);
}

async function readFile({ source, maxBytes }: SourceOptions): Promise<Buffer> {
	const file = await open(source, 'r').catch((cause: NodeJS.ErrnoException) => {
		const why = cause.code === 'ENOENT' ? 'there is no such file' : (cause.code ?? 'unreadable');
		throw new TableError('source_unreachable', `${source} cannot be read: ${why}.`, { cause });
	});
	try {
		const { size } = await file.stat();
		if (size > maxBytes) throw tooLarge(source, maxBytes);
		return await file.readFile();
	} finally {
		await file.close();
	}
}

async function readAddress({ source, maxBytes, allowPrivate, ca }: SourceOptions): Promise<Buffer> {
	const answer = await followRedirects({
		url: new URL(source),
		rule: 'https',
		connection: {
			agent: 'passlens-collector',
			allowPrivate,
			ca,
			requestMs: REQUEST_MS,
			deadline: performance.now() + TOTAL_MS,
			maxBytes
		}
	});
	if (answer.kind !== 'answer') {
		const refused = answer.kind === 'failure' && answer.code === 'private_address_refused';
		throw new TableError(
			'source_unreachable',
			`${hideQueries(answer.found)}${refused ? PRIVATE_ALLOWED_BY : ''}`
		);
	}
	if (answer.status !== 200)
		throw new TableError('source_unreachable', `${showSource(source)} answers ${answer.status}.`);
	if (!answer.complete) throw tooLarge(showSource(source), maxBytes);
	return answer.bytes;
}

/** An address as it may be shown: user names, passwords and access tokens stand in parts that are left out. */
export function showSource(source: string): string {
	if (!isAddress(source) || !URL.canParse(source)) return source;
	const { origin, pathname } = new URL(source);
	return origin + pathname;
}

const hideQueries = (text: string) => text.replace(/\?[^\s.,]*/g, '?…');

function tooLarge(source: string, maxBytes: number): TableError {
	return new TableError(
		'too_large',
		`${source} has more than ${maxBytes / 1_048_576} MiB, or is badly packed.`
	);
}
