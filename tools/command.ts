import { userInfo } from 'node:os';
import type { ClickHouseClient } from '@clickhouse/client';
import { BackupError } from '../collector/backup/manifest.ts';
import { ask } from '../collector/lifecycle/ask.ts';
import { MigrationError } from '../migrations/apply.ts';
import {
	connectDatabase,
	DatabaseError,
	databaseOptionsFromEnvironment,
	type DatabaseOptions
} from '../migrations/connect.ts';
import { migrateDatabase } from '../migrations/migrate-database.ts';
import { ConfigurationError } from '../settings/configuration/read-configuration.ts';
import { SettingsError } from '../settings/settings-error.ts';
import { noteAudit } from '../settings/access/audit-log.ts';
import { PeopleError } from '../settings/access/people.ts';
import { openSettings, type Settings } from '../settings/open-settings.ts';
import { listProjects, ProjectError } from '../settings/projects.ts';

/** A mistake of whoever typed the command: told in a sentence, without a stack. */
export class UsageError extends Error {}

/** Runs a command of `npm run …`: an expected mistake is one line on standard error and exit code 1. */
export async function runCommand(main: () => Promise<void>): Promise<void> {
	try {
		await main();
	} catch (error) {
		if (!isForOperator(error)) throw error;
		process.stderr.write(`${error.message}\n`);
		process.exitCode = 1;
	}
}

function isForOperator(error: unknown): error is Error {
	const told = [
		...[UsageError, BackupError, DatabaseError, MigrationError],
		...[ConfigurationError, PeopleError, ProjectError, SettingsError]
	];
	if (told.some((type) => error instanceof type)) return true;
	return error instanceof TypeError && String(Object(error).code).startsWith('ERR_PARSE_ARGS');
}

/** The database that the environment and `--data-dir` name, brought to this version. @throws DatabaseError when it is in use */
export async function openDatabase(
	dataDir: string
): Promise<{ client: ClickHouseClient; database: DatabaseOptions }> {
	const database = { ...databaseOptionsFromEnvironment(), dataDir };
	await migrateDatabase(database);
	return { client: await connectDatabase(database), database };
}

/** Does something with that database, and lets go of it whatever comes of it. */
export async function withDatabase<Result>(
	dataDir: string,
	work: (opened: { client: ClickHouseClient; database: DatabaseOptions }) => Promise<Result>
): Promise<Result> {
	const opened = await openDatabase(dataDir);
	try {
		return await work(opened);
	} finally {
		await opened.client.close();
	}
}

/** Does something with the settings, and lets go of them whatever comes of it. */
export async function withSettings<Result>(
	dataDir: string,
	work: (settings: Settings) => Promise<Result>
): Promise<Result> {
	const settings = await openSettings({ dataDir });
	try {
		return await work(settings);
	} finally {
		await settings.destroy();
	}
}

/** Refuses a project that is neither in the settings nor in the database: of one that was mistyped nothing would be wrong. @throws UsageError */
export async function requireKnownProject({
	client,
	dataDir,
	project
}: {
	client: ClickHouseClient;
	dataDir: string;
	/** Undefined: all of them. */
	project: string | undefined;
}): Promise<void> {
	if (project === undefined) return;
	const events = 'SELECT 1 FROM events_raw_v1 WHERE project_id = {project: String} LIMIT 1';
	if ((await ask(client, events, { project })).length > 0) return;
	const known = await withSettings(dataDir, listProjects);
	if (!known.some(({ id }) => id === project))
		throw new UsageError(`There is no project "${project}": npm run project -- list names them.`);
}

/** Adds what was done from the command line to the audit log. @param command as typed, without secrets, such as `project add shop` */
export async function noteCommand(
	settings: Settings,
	{ command, projectId, subject }: { command: string; projectId?: string; subject?: string }
): Promise<void> {
	const actor = { kind: 'command' as const, name: userInfo().username };
	const about = { projectId, ...(subject !== undefined && { subject }) };
	await noteAudit(settings, { actor, action: 'command', ...about, detail: { command } });
}

/** `--data-dir`, as every command has it. */
export const DATA_DIR = {
	'data-dir': { type: 'string', default: process.env.PASSLENS_DATA_DIR ?? 'data' }
} as const;

/** A day as typed. @throws UsageError when it is none */
export function readDay(flag: string, text: string | undefined): string | undefined {
	if (text === undefined) return undefined;
	if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
	throw new UsageError(`${flag} must be a day such as 2026-11-24, not "${text}".`);
}

/** What happens at the moment: one moving line on a terminal, a line for each thing elsewhere. */
export function tellProgress(stream: NodeJS.WriteStream = process.stderr) {
	let last = '';
	return {
		tell(line: string): void {
			if (stream.isTTY) stream.write(`\r\u001b[2K  ${line}`);
			else if (line.replace(/\d+/g, '') !== last.replace(/\d+/g, '')) stream.write(`  ${line}\n`);
			last = line;
		},
		end(): void {
			if (stream.isTTY && last) stream.write('\r\u001b[2K');
		}
	};
}
