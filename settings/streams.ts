import { randomBytes, randomUUID } from 'node:crypto';
import type { AlertMistake } from './alert-rules.ts';
import type { Settings } from './open-settings.ts';
import { ProjectError } from './project-error.ts';
import type { StreamTable } from './schema.ts';

export const STREAM_KINDS = ['webhook', 'file', 'otlp'] as const;
export type StreamKind = (typeof STREAM_KINDS)[number];

/** What a stream may tell of. Each becomes events of one or two OCSF classes: `src/lib/server/streams`. */
export const STREAM_TOPICS = [
	'ledger_findings',
	'policy_findings',
	'policy_changes',
	'authenticators',
	'credentials',
	'failed_ceremonies',
	'dashboard_sign_ins',
	'dashboard_audit'
] as const;
export type StreamTopic = (typeof STREAM_TOPICS)[number];

/** How a webhook's body is written: a JSON array, or one event a line. */
export const STREAM_FORMATS = ['array', 'lines'] as const;
export type StreamFormat = (typeof STREAM_FORMATS)[number];

/** What somebody gives of a stream. */
export interface ReadStream {
	name: string;
	kind: StreamKind;
	/** Of a file: its name in the operator's directory; else the address that is posted to. */
	target: string;
	format: StreamFormat;
	/** Of a webhook: what it is signed with (`whsec_…`). Else empty. */
	secret: string;
	/** Sent as the header `authorization`; empty: none. */
	authorization: string;
	/** Ids; empty: every project's. */
	projects: string[];
	topics: StreamTopic[];
}

/** Where security-relevant events go, and how far they have come. */
export interface Stream extends ReadStream {
	id: string;
	paused: boolean;
	/** The configuration file that sets it; empty: it is edited in the page. */
	file: string;
	/** Number of the last event that was looked at for it: see `stream-events.ts`. */
	position: number;
	/** Unix epoch in milliseconds of the newest event that was taken. */
	sentAt: number | undefined;
	/** Events taken so far. */
	sent: number;
	/** Events that were too old to be told when their turn came. */
	leftOut: number;
	/** Attempts that failed since the last that did not. */
	failures: number;
	/** When it is tried again, after a failure: Unix epoch in milliseconds. */
	nextAt: number;
	lastError: string;
}

const LONGEST_NAME = 60;
const LONGEST_TEXT = 2_000;
export const MOST_STREAMS = 20;
const SIGNING_SECRET = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;
const FILE_NAME = /^[a-z0-9][a-z0-9_-]{0,59}$/;

/** What somebody typed or wrote into a file as a stream, or which field of it is wrong. */
export function readStream(given: {
	name: string;
	kind: string;
	target: string;
	format?: string | undefined;
	secret?: string | undefined;
	authorization?: string | undefined;
	projects?: readonly string[] | undefined;
	topics: readonly string[];
}): ReadStream | { mistake: AlertMistake } {
	const kind = STREAM_KINDS.find((one) => one === given.kind);
	if (!kind) return refuse('kind', `Choose a kind: ${STREAM_KINDS.join(', ')}.`);
	const name = given.name.trim();
	if (name === '' || name.length > LONGEST_NAME)
		return refuse('name', `Give it a name of 1 to ${LONGEST_NAME} characters.`);
	const topics = STREAM_TOPICS.filter((one) => given.topics.includes(one));
	const unknown = given.topics.find((one) => !topics.some((topic) => topic === one));
	if (unknown !== undefined)
		return refuse('topics', `There is no "${unknown}": choose of ${STREAM_TOPICS.join(', ')}.`);
	if (topics.length === 0) return refuse('topics', 'Choose what it tells of.');
	const target = readTarget(kind, given.target.trim());
	if (typeof target === 'object') return target;
	const authorization = given.authorization?.trim() ?? '';
	if (!/^[\x20-\x7e]*$/.test(authorization) || authorization.length > LONGEST_TEXT)
		return refuse('authorization', 'Give one line of plain letters, such as "Bearer …".');
	const secret = given.secret?.trim() ?? '';
	if (kind === 'webhook' && secret !== '' && !SIGNING_SECRET.test(secret))
		return refuse('secret', 'A secret to sign with is "whsec_" and base64 of 24 to 64 bytes.');
	return {
		...{ name, kind, target, topics },
		format: STREAM_FORMATS.find((one) => one === given.format) ?? 'array',
		secret: kind === 'webhook' ? secret : '',
		authorization: kind === 'file' ? '' : authorization,
		projects: [...new Set(given.projects ?? [])]
	};
}

function readTarget(kind: StreamKind, target: string): string | { mistake: AlertMistake } {
	if (kind === 'file')
		return FILE_NAME.test(target)
			? target
			: refuse('target', 'Give a file name of small letters, digits, "-" and "_", without ending.');
	const url = target.length > LONGEST_TEXT ? null : URL.parse(target);
	if (!url || !/^https?:$/.test(url.protocol))
		return refuse('target', 'Give the address to post to, beginning with https://.');
	if (url.username || url.password)
		return refuse(
			'target',
			'Leave user and password out of the address: there is a field for them.'
		);
	if (kind === 'otlp' && url.pathname === '/')
		return refuse(
			'target',
			'Give the whole address that takes logs, such as https://collector.example/v1/logs.'
		);
	return url.href;
}

const refuse = (field: string, message: string) => ({ mistake: { field, message } });

/** Every stream by its name. */
export async function listStreams(settings: Settings): Promise<Stream[]> {
	const rows = await settings
		.selectFrom('stream')
		.selectAll()
		.orderBy('name')
		.orderBy('id')
		.execute();
	return rows.map(toStream);
}

const toStream = (row: StreamTable): Stream => ({
	...{ id: row.id, name: row.name, kind: row.kind, target: row.target, format: row.format },
	...{ secret: row.secret, authorization: row.authorization_header, file: row.file },
	projects: JSON.parse(row.projects) as string[],
	topics: JSON.parse(row.topics) as StreamTopic[],
	paused: row.paused === 1,
	position: Number(row.position),
	sentAt: row.sent_unix_ms === null ? undefined : Number(row.sent_unix_ms),
	sent: Number(row.sent),
	leftOut: Number(row.left_out),
	...{ failures: row.failures, nextAt: Number(row.next_unix_ms), lastError: row.last_error }
});

/** Adds a stream, which tells what happens from now on. A webhook gets a secret of its own to sign with. */
export async function addStream(
	settings: Settings,
	given: Parameters<typeof readStream>[0]
): Promise<{ stream: Stream } | { mistake: AlertMistake }> {
	const read = readStream(given);
	if ('mistake' in read) return read;
	const streams = await listStreams(settings);
	if (streams.length >= MOST_STREAMS)
		return refuse('name', `There are at most ${MOST_STREAMS} streams: remove one first.`);
	const mistake = clashOf(read, streams);
	if (mistake) return { mistake };
	return { stream: await insertStream(settings, read) };
}

/** Two streams into one file could not be told apart. */
function clashOf(
	read: ReadStream,
	others: readonly Pick<Stream, 'name' | 'kind' | 'target'>[]
): AlertMistake | undefined {
	if (others.some(({ name }) => name === read.name))
		return { field: 'name', message: `There is a stream "${read.name}" already.` };
	if (read.kind === 'file' && others.some((o) => o.kind === 'file' && o.target === read.target))
		return { field: 'target', message: `Another stream writes to "${read.target}" already.` };
	return undefined;
}

/** A stream that was read before. */
export async function insertStream(
	settings: Settings,
	{ authorization, projects, topics, ...read }: ReadStream,
	file = ''
): Promise<Stream> {
	const row: StreamTable = {
		...{ ...read, id: randomUUID(), file, authorization_header: authorization },
		secret: read.secret || (read.kind === 'webhook' ? newSecret() : ''),
		projects: JSON.stringify(projects),
		topics: JSON.stringify(topics),
		position: await newestNumber(settings),
		...{ paused: 0, sent_unix_ms: null, sent: 0, left_out: 0, failures: 0 },
		...{ next_unix_ms: 0, last_error: '', created_unix_ms: Date.now() }
	};
	await settings.insertInto('stream').values(row).execute();
	return toStream(row);
}

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

async function newestNumber(settings: Settings): Promise<number> {
	const { number } = await settings
		.selectFrom('stream_event')
		.select(({ fn }) => fn.max('number').as('number'))
		.executeTakeFirstOrThrow();
	return Number(number ?? 0);
}

/** Removes a stream. @throws ProjectError when a file sets it */
export async function removeStream(settings: Settings, id: string): Promise<void> {
	await requireOwn(settings, id);
	await settings.deleteFrom('stream').where('id', '=', id).execute();
}

/** Holds a stream, or lets it go on where it was. Of one that a file sets, too: an incident does not wait for a restart. */
export async function pauseStream(
	settings: Settings,
	{ id, paused }: { id: string; paused: boolean }
): Promise<void> {
	await settings
		.updateTable('stream')
		.set({ paused: paused ? 1 : 0, ...(!paused && { next_unix_ms: 0 }) })
		.where('id', '=', id)
		.execute();
}

async function requireOwn(settings: Settings, id: string): Promise<void> {
	const row = await settings
		.selectFrom('stream')
		.select(['name', 'file'])
		.where('id', '=', id)
		.executeTakeFirst();
	if (row?.file)
		throw new ProjectError(
			'set_by_file',
			`The stream "${row.name}" is set by ${row.file}: change "streams" there and start Passlens again.`
		);
}

/** Notes that events up to `to` were told, unless somebody noted more meanwhile. */
export async function advanceStream(
	settings: Settings,
	{
		stream: { id, position },
		to,
		sent,
		leftOut = 0,
		now = Date.now()
	}: { stream: Stream; to: number; sent: number; leftOut?: number; now?: number }
): Promise<void> {
	await settings
		.updateTable('stream')
		.set(({ eb }) => ({
			position: to,
			sent: eb('sent', '+', sent),
			left_out: eb('left_out', '+', leftOut),
			...(sent > 0 && { sent_unix_ms: now, failures: 0, next_unix_ms: 0, last_error: '' })
		}))
		.where('id', '=', id)
		.where('position', '=', position)
		.execute();
}

/** Notes that an attempt failed, and when the next is made. */
export async function noteStreamFailure(
	settings: Settings,
	{ id, failures, nextAt, error }: { id: string; failures: number; nextAt: number; error: string }
): Promise<void> {
	await settings
		.updateTable('stream')
		.set({ failures, next_unix_ms: nextAt, last_error: error.slice(0, 500) })
		.where('id', '=', id)
		.execute();
}
