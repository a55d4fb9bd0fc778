import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { expect, onTestFailed } from 'vitest';
import { makeDataDir } from '../../migrations/testing/make-data-dir.ts';
import { PINNED_NODE } from '../../tools/install.mjs';
import { findFreePort } from './find-free-port.ts';
import { privacyWatch } from './privacy-watch.ts';
import { somebodyAt, type Somebody } from './sign-in.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const RUNNING = 'Passlens is running';
const START_MS = 90_000;
const STOP_MS = 30_000;

export interface Exit {
	/** Null when a signal ended it. */
	code: number | null;
	output: string;
}

/** The product as a user runs it: the built one-process form, in a process of its own. */
export interface Passlens {
	/** http://localhost:<port> */
	url: string;
	collectorUrl: string;
	dataDir: string;
	/** Its administrator, signed in by the set-up link of the first start. */
	admin: Somebody;
	/** Asks the dashboard as its administrator. */
	fetch(path: string, init?: RequestInit): Promise<Response>;
	/** Lets pages of this browser be the administrator's, or somebody else's. */
	signIn(context: BrowserContext, who?: Somebody): Promise<void>;
	/** Everything it has written so far, both streams. */
	output(): string;
	/** Ends it as Ctrl-C does (or by another signal), and says how it ended. */
	end(signal?: NodeJS.Signals): Promise<Exit>;
	/** Ends it, expects a clean exit, and removes its data. */
	stop(): Promise<void>;
}

/** Who administers the data of a directory, when it is started again. */
const admins = new Map<string, Somebody>();

export const ADMIN_NAME = 'Ada Admin';

export interface PasslensOptions {
	/** Kept data of an earlier run; a new temporary directory unless given. */
	dataDir?: string;
	port?: number;
	collectorPort?: number;
	/** A configuration file. */
	config?: string;
}

/** Starts Passlens on free ports and waits until it says that it runs. The build must be there: `npm test` sees to it. */
export async function startPasslens(options: PasslensOptions = {}): Promise<Passlens> {
	const dataDir = options.dataDir ?? (await makeDataDir());
	const port = options.port ?? (await findFreePort());
	const collectorPort = options.collectorPort ?? (await findFreePort());
	const running = runServe([
		...['--port', String(port)],
		...['--collector-port', String(collectorPort)],
		...['--data-dir', dataDir],
		...(options.config === undefined ? [] : ['--config', options.config])
	]);
	await running.says(RUNNING);
	const url = `http://localhost:${port}`;
	await running.says('/v1/events');
	const admin = admins.get(dataDir) ?? (await signUpAdmin(url, running.output()));
	admins.set(dataDir, admin);
	return {
		url,
		admin,
		fetch: (path, init) => admin.fetch(path, { redirect: 'follow', ...init }),
		signIn: (context, who = admin) =>
			context.addCookies([...who.cookies()].map(([name, value]) => ({ name, value, url }))),
		collectorUrl: `http://localhost:${collectorPort}`,
		dataDir,
		output: running.output,
		end: (signal = 'SIGINT') => running.end(signal),
		async stop() {
			const { code, output } = await running.end('SIGTERM');
			expect(code, `Passlens did not stop cleanly:\n${output}`).toBe(0);
			await rm(dataDir, { recursive: true, force: true });
		}
	};
}

/** Follows the link that the first start printed. */
async function signUpAdmin(url: string, output: string): Promise<Somebody> {
	const admin = somebodyAt(url);
	const [link] = /\S+\/welcome\/\S+/.exec(output) ?? [];
	expect(link, `No set-up link:\n${output}`).toBeDefined();
	expect(await admin.welcome(link!, { name: ADMIN_NAME })).toMatchObject({ status: 200 });
	return admin;
}

/** Runs `serve.ts` for a start that is meant to fail, and waits for its end. */
export async function runToItsEnd(args: string[]): Promise<Exit> {
	return runServe(args).ended();
}

interface Running {
	output(): string;
	says(words: string): Promise<void>;
	ended(): Promise<Exit>;
	end(signal: NodeJS.Signals): Promise<Exit>;
}

function runServe(args: string[]): Running {
	const watch = privacyWatch.preload();
	const child = spawn(PINNED_NODE, [...watch.args, 'serve.ts', ...args], {
		cwd: ROOT,
		// Everybody in a test sits at one address.
		env: { PASSLENS_FAILED_SIGN_INS: '100000', ...process.env, ...watch.env },
		stdio: ['ignore', 'pipe', 'pipe']
	});
	const chunks: string[] = [];
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
	const output = () => chunks.join('');
	const exited = once(child, 'close') as Promise<[number | null]>;
	const ended = async (): Promise<Exit> => {
		const [code] = await within(exited, STOP_MS, () => `serve.ts did not end:\n${output()}`);
		watch.ended();
		return { code, output: output() };
	};
	return {
		output,
		ended,
		says: (words) => waitForWords({ child, exited, output, words }),
		end: (signal) => {
			child.kill(signal);
			return ended().finally(() => child.kill('SIGKILL'));
		}
	};
}

async function waitForWords({
	child,
	exited,
	output,
	words
}: {
	child: ChildProcess;
	exited: Promise<unknown>;
	output: () => string;
	words: string;
}): Promise<void> {
	const said = new Promise<void>((resolve) => {
		const look = () => {
			if (output().includes(words)) resolve();
		};
		child.stdout?.on('data', look);
		look();
	});
	const tooSoon = exited.then(() => {
		throw new Error(`serve.ts ended before it said "${words}":\n${output()}`);
	});
	await within(Promise.race([said, tooSoon]), START_MS, () => `serve.ts never said:\n${output()}`);
}

/** The server's own words beside a failed test. Call inside the test or its `beforeEach`. */
export function printOutputOnFailure(passlens: Passlens): void {
	const from = passlens.output().length;
	onTestFailed(() => {
		process.stderr.write(
			`── Passlens said during this test ──\n${passlens.output().slice(from)}\n`
		);
	});
}

async function within<Value>(
	promise: Promise<Value>,
	milliseconds: number,
	explain: () => string
): Promise<Value> {
	const { promise: tooLate, reject } = Promise.withResolvers<never>();
	const timer = setTimeout(() => reject(new Error(explain())), milliseconds);
	try {
		return await Promise.race([promise, tooLate]);
	} finally {
		clearTimeout(timer);
	}
}
