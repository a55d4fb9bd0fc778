import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LineCounter, isMap, isScalar, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { EVERY_PROJECT } from '../access/people.ts';
import type { SignInProvider } from '../access/sign-in-provider.ts';
import type { LegacyModels } from '../legacy-rules.ts';
import { readAlertChannel, type ReadChannel } from '../alert-channels.ts';
import { digestKey, hintOf } from '../projects.ts';
import type { ReadStream } from '../streams.ts';
import { readyStream } from './configured-stream.ts';
import {
	configurationSchema,
	writePath,
	type Configuration,
	type ConfiguredChannel,
	type ConfiguredKey,
	type ConfiguredProject,
	type ConfiguredSignIn
} from './configuration.ts';

/** One thing that is wrong in the file. */
export interface ConfigurationMistake {
	/** `projects[0].origins[1]`; empty: the file as a whole. */
	path: string;
	/** Counted from 1; undefined where the file as a whole is meant. */
	line: number | undefined;
	column: number | undefined;
	/** What is wrong, and what to write. */
	message: string;
}

/** The file cannot be used. Each line of the message names file, line, path and fix. */
export class ConfigurationError extends Error {
	readonly code = 'invalid_configuration';
	readonly mistakes: ConfigurationMistake[];
	constructor(file: string, mistakes: ConfigurationMistake[]) {
		super(mistakes.map((mistake) => writeMistake(file, mistake)).join('\n'));
		this.mistakes = mistakes;
	}
}

/** A key as it is looked up and kept. */
export interface ReadyKey {
	kind: 'ingest' | 'server';
	/** A public key as it is; of a server key the hex SHA-256. */
	stored: string;
	hint: string | undefined;
	environment: string | undefined;
	/** Unix epoch in milliseconds. */
	takenUntil: number | undefined;
}

export type ReadyProject = Omit<ConfiguredProject, 'keys' | 'alert_channels'> & {
	keys?: ReadyKey[] | undefined;
	alert_channels?: ReadChannel[] | undefined;
};

/** A configuration with nothing left to look up: keys are hashes, paths are whole. */
export interface ReadyConfiguration {
	/** Name of the file, without its folders. */
	file: string;
	projects: ReadyProject[];
	tables: NonNullable<Configuration['tables']>;
	/** Undefined: left to the page. */
	legacyModels: LegacyModels | undefined;
	/** Undefined: left to the page. */
	legacyVersions: Configuration['legacy_versions'];
	signIn: SignInProvider | undefined;
	/** Undefined: the file says nothing of them. */
	streams: ReadStream[] | undefined;
}

const NAMES = ['passlens.config.json', 'passlens.config.yaml', 'passlens.config.yml'];
const LARGEST = 1_000_000;
const SERVER_KEY = /^sk_[\w-]{20,100}$/;
const INGEST_KEY = /^pk_[\w-]{8,100}$/;

/**
 * The file that was named (`--config`, else `PASSLENS_CONFIG`), else one of the usual name in `directory`; undefined: there is
 * none.
 *
 * @throws ConfigurationError when there are several of the usual names
 */
export function findConfiguration({
	named,
	env = process.env,
	directory = process.cwd()
}: {
	named?: string | undefined;
	env?: NodeJS.ProcessEnv;
	directory?: string;
}): string | undefined {
	const given = named ?? env.PASSLENS_CONFIG;
	if (given) return resolve(directory, given);
	const found = NAMES.filter((name) => existsSync(join(directory, name)));
	if (found.length > 1)
		throw whole(
			found.join(', '),
			'Only one can be meant: remove the others, or name it with --config.'
		);
	return found[0] && join(directory, found[0]);
}

/**
 * Reads a configuration file: YAML, of which JSON is a part. Keys that it takes from the environment are looked up, paths of
 * tables begin at its folder.
 *
 * @throws ConfigurationError with everything that is wrong
 */
export function readConfiguration({
	path,
	env = process.env
}: {
	path: string;
	env?: NodeJS.ProcessEnv;
}): ReadyConfiguration {
	const file = basename(path);
	const { document, lines } = parse(path, file);
	const read = configurationSchema.safeParse(document.toJS() ?? {});
	const at = locator(document, lines);
	if (!read.success)
		throw new ConfigurationError(
			file,
			read.error.issues.flatMap((issue) => describeIssue(issue, document)).map(at)
		);
	const {
		projects = [],
		tables = {},
		legacy_classes: rules,
		sign_in: provider,
		streams
	} = read.data;
	const missing: Described[] = [];
	const ready = {
		file,
		projects: projects.map((project, index) => readyProject(project, { index, env, missing })),
		tables: resolveTables(tables, dirname(path)),
		legacyVersions: read.data.legacy_versions,
		legacyModels:
			rules &&
			new Map(
				rules.map(({ aaguid, class: name }) => [aaguid, name === 'none' ? ('' as const) : name])
			),
		signIn: provider && readyProvider(provider, dirname(path)),
		streams: streams?.flatMap((stream, index) => {
			const one = readyStream(stream, env);
			if (!('field' in one)) return [one];
			missing.push({ path: ['streams', index, one.field], message: one.message });
			return [];
		})
	};
	if (missing.length > 0) throw new ConfigurationError(file, missing.map(at));
	return ready;
}

function parse(path: string, file: string): { document: Document; lines: LineCounter } {
	let text: string;
	try {
		text = readFileSync(path, 'utf8');
	} catch (cause) {
		const missing = Object(cause).code === 'ENOENT';
		const why = missing ? 'There is no such file' : `It cannot be read (${Object(cause).code})`;
		throw whole(path, `${why}: --config and PASSLENS_CONFIG name one that is there.`);
	}
	if (text.length > LARGEST)
		throw whole(file, `It has ${text.length} characters; at most ${LARGEST} are read.`);
	const lines = new LineCounter();
	const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
	const [wrong] = [...document.errors, ...document.warnings];
	if (wrong) {
		const { line, col } = lines.linePos(wrong.pos[0]);
		const message = `This is neither JSON nor YAML: ${wrong.message}.`.replace(/\.\.$/, '.');
		throw new ConfigurationError(file, [{ path: '', line, column: col, message }]);
	}
	return { document, lines };
}

const whole = (file: string, message: string) =>
	new ConfigurationError(file, [{ path: '', line: undefined, column: undefined, message }]);

interface Described {
	path: PropertyKey[];
	message: string;
	/** It is the name that is wrong and not the value. */
	name?: boolean;
}

/** Where in the text something stands: the value, or the nearest thing around it that is there. */
function locator(document: Document, lines: LineCounter) {
	return ({ path, message, name = false }: Described): ConfigurationMistake => {
		const offset = name ? offsetOfName(document, path) : offsetOfValue(document, path);
		const { line, col } = lines.linePos(offset);
		return { path: writePath(path), line, column: col, message };
	};
}

function offsetOfValue(document: Document, path: readonly PropertyKey[]): number {
	for (let length = path.length; length > 0; length--) {
		const node = document.getIn(path.slice(0, length), true);
		if (node !== null && typeof node === 'object' && 'range' in node)
			return (node.range as number[])[0]!;
	}
	return 0;
}

function offsetOfName(document: Document, path: readonly PropertyKey[]): number {
	const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
	const pair = isMap(parent)
		? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
		: undefined;
	return isScalar(pair?.key) ? (pair.key.range?.[0] ?? 0) : 0;
}

type Issue = z.core.$ZodIssue;

/** zod's words where the schema has its own; ours where a reader of the file would not know what zod means. */
function describeIssue(issue: Issue, document: Document): Described[] {
	const { path } = issue;
	if (issue.code === 'unrecognized_keys')
		return issue.keys.map((key) => ({
			path: [...path, key],
			message: `There is no such setting. Known here: ${knownNames(path).join(', ')}.`,
			name: true
		}));
	if (issue.code === 'invalid_type')
		return [{ path, message: describeType(issue.expected, valueAt(document, path)) }];
	if (issue.code === 'invalid_value')
		return [
			{
				path,
				message: `One of ${issue.values.map((v) => `"${String(v)}"`).join(', ')} is expected.`
			}
		];
	return [{ path, message: issue.message }];
}

function valueAt(document: Document, path: readonly PropertyKey[]): unknown {
	return path.length === 0 ? document.toJS() : document.getIn(path);
}

const TYPES: Record<string, string> = {
	string: 'Text',
	number: 'A number',
	boolean: 'true or false',
	array: 'A list',
	object: 'A group of settings'
};

function describeType(expected: string, value: unknown): string {
	const wanted = TYPES[expected] ?? expected;
	if (value === undefined) return 'This is missing, and needed.';
	if (value === null)
		return `${wanted} is expected, and nothing stands there: remove the name, or give a value.`;
	const quoted = expected === 'string' ? ` Put it in quotes: "${String(value)}".` : '';
	const plain = typeof value === 'number' || typeof value === 'boolean';
	return `${wanted} is expected.${plain ? quoted : ''}`;
}

/** Names that a place of the file knows. */
function knownNames(path: readonly PropertyKey[]): string[] {
	let schema: unknown = z.toJSONSchema(configurationSchema, {
		io: 'input',
		unrepresentable: 'any'
	});
	for (const step of path) {
		const { properties, items } = schema as {
			properties?: Record<string, unknown>;
			items?: unknown;
		};
		schema = typeof step === 'number' ? items : properties?.[String(step)];
	}
	return Object.keys((schema as { properties?: object }).properties ?? {});
}

function readyProject(
	{ keys, alert_channels, ...project }: ConfiguredProject,
	{ index, ...rest }: { index: number; env: NodeJS.ProcessEnv; missing: Described[] }
): ReadyProject {
	const channels = alert_channels?.map((channel, at) =>
		readyChannel(channel, { path: ['projects', index, 'alert_channels', at], ...rest })
	);
	const ready = keys?.map((key, at) =>
		readyKey(key, { path: ['projects', index, 'keys', at, 'from_environment'], ...rest })
	);
	return {
		...project,
		...(ready && { keys: ready.filter((key) => key !== undefined) }),
		...(channels && { alert_channels: channels.filter((channel) => channel !== undefined) })
	};
}

/** Undefined, and a mistake told, where the environment lacks the key. */
function readyKey(
	key: ConfiguredKey,
	{ path, env, missing }: { path: PropertyKey[]; env: NodeJS.ProcessEnv; missing: Described[] }
): ReadyKey | undefined {
	const { kind, from_environment: name, environment, taken_until } = key;
	const common = {
		kind,
		environment,
		takenUntil: taken_until === undefined ? undefined : Date.parse(taken_until)
	};
	if (name === undefined) return { ...common, stored: (key.key ?? key.sha256)!, hint: undefined };
	const value = env[name];
	const server = kind === 'server';
	if (value && (server ? SERVER_KEY : INGEST_KEY).test(value))
		return {
			...common,
			stored: server ? digestKey(value) : value,
			hint: server ? hintOf(value) : undefined
		};
	const expected = server ? '"sk_" and 20 to 100' : '"pk_" and 8 to 100';
	missing.push({
		path,
		message: value
			? `The variable ${name} holds no ${kind} key: ${expected} letters, digits, "_" or "-" are expected.`
			: notSet(name)
	});
	return undefined;
}

/** As the page would take it; undefined, and a mistake told, where it would not. */
function readyChannel(
	{
		target,
		target_from_environment: targetFrom,
		secret_from_environment: secretFrom,
		...channel
	}: ConfiguredChannel,
	{ path, env, missing }: { path: PropertyKey[]; env: NodeJS.ProcessEnv; missing: Described[] }
): ReadChannel | undefined {
	const unset = [targetFrom, secretFrom].find((name) => name !== undefined && !env[name]);
	if (unset !== undefined) {
		const field = unset === targetFrom ? 'target_from_environment' : 'secret_from_environment';
		missing.push({ path: [...path, field], message: notSet(unset) });
		return undefined;
	}
	const valueOf = (name: string | undefined) => (name === undefined ? undefined : env[name]);
	const read = readAlertChannel({
		...channel,
		target: target ?? valueOf(targetFrom) ?? '',
		secret: valueOf(secretFrom)
	});
	if (!('mistake' in read)) return read;
	const { field, message } = read.mistake;
	const names: Record<string, string> = {
		target: targetFrom === undefined ? 'target' : 'target_from_environment',
		secret: 'secret_from_environment'
	};
	missing.push({ path: [...path, names[field] ?? field], message });
	return undefined;
}

const notSet = (name: string) => `The environment has no ${name}: set it where Passlens starts.`;

/** Addresses stay; paths begin at the file's folder. */
function resolveTables(
	tables: NonNullable<Configuration['tables']>,
	folder: string
): NonNullable<Configuration['tables']> {
	const resolved = { ...tables };
	for (const name of ['country', 'aaguids', 'mds', 'mds_root'] as const) {
		const source = tables[name];
		if (source !== undefined && !/^https?:\/\//i.test(source))
			resolved[name] = resolve(folder, source);
	}
	return resolved;
}

/** What was left out is as usual; the secret's file begins at the file's folder. */
function readyProvider(
	{
		client_secret_from_environment: variable,
		client_secret_file: file,
		...provider
	}: ConfiguredSignIn,
	folder: string
): SignInProvider {
	return {
		...{ name: provider.name, issuer: provider.issuer, clientId: provider.client_id },
		...(variable !== undefined && { secretVariable: variable }),
		...(file !== undefined && { secretFile: resolve(folder, file) }),
		scopes: (provider.scopes ?? ['profile', 'email']).filter((scope) => scope !== 'openid'),
		groupsClaim: provider.groups_claim ?? 'groups',
		roles: (provider.roles ?? []).map(({ group, role, project }) => ({
			...{ group, role, projectId: project ?? EVERY_PROJECT }
		})),
		withoutGroup: provider.without_group ?? 'refuse',
		allowPrivate: provider.allow_private ?? false,
		...(provider.sign_out_there && { signOutThere: true as const })
	};
}

function writeMistake(file: string, { path, line, column, message }: ConfigurationMistake): string {
	const place = line === undefined ? file : `${file}:${line}:${column}`;
	return `${place}  ${path === '' ? '' : `${path}: `}${message}`;
}
