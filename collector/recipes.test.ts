import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSender } from '../settings/projects.ts';
import { EXAMPLES } from '../sdk/event/examples.ts';
import { credentialReference, userReference } from '../sdk/common/references.ts';
import { pseudonymise } from '../settings/pseudonymise.ts';
import { startTestCollector, uuidV7, type TestCollector } from './testing/harness.ts';

const RECIPES = join(import.meta.dirname, '../examples/recipes');
/** A compiler on a loaded machine may take its time; nothing is measured here. */
const PATIENCE_MS = 240_000;

interface Tool {
	command: string;
	/** Before the recipe's arguments. */
	run: string[];
	/** What tells by its output that this machine has a version that will do. */
	probe: string[];
	suffices: RegExp;
}

const TOOLS: Record<string, Tool> = {
	Node: {
		command: process.execPath,
		run: ['recipe.mjs'],
		probe: ['--version'],
		suffices: /^v/
	},
	Python: {
		command: 'python3',
		run: ['recipe.py'],
		probe: ['-c', 'import sys; print(sys.version_info >= (3, 8))'],
		suffices: /True/
	},
	Go: {
		command: 'go',
		run: ['run', 'recipe.go'],
		probe: ['version'],
		suffices: /go1\.(1[89]|[2-9]\d)/
	},
	Java: {
		command: 'java',
		run: ['Recipe.java'],
		probe: ['--list-modules'],
		suffices: /jdk\.compiler@(1[7-9]|[2-9]\d)/
	},
	PHP: {
		command: 'php',
		run: ['recipe.php'],
		probe: ['-r', 'echo PHP_VERSION_ID >= 80000 ? "yes" : "no";'],
		suffices: /yes/
	}
};

const NOT_RUN = ['Recipe.swift', 'Recipe.kt', 'recipe.dart'];

function isHere({ command, probe, suffices }: Tool): boolean {
	const { stdout, status } = spawnSync(command, probe, { encoding: 'utf8' });
	return status === 0 && suffices.test(stdout);
}

let collector: TestCollector;
beforeAll(async () => {
	collector = await startTestCollector();
});
afterAll(() => collector.close());

/** Stands before the collector, says once that it should be asked again, and keeps what it was asked. */
async function startDoor() {
	const bodies: { events: { id: string }[] }[] = [];
	const server = createServer((request, response) => {
		void text(request).then(async (body) => {
			bodies.push(JSON.parse(body));
			if (bodies.length === 1) return response.writeHead(503, { 'retry-after': '1' }).end();
			const { authorization = '', 'content-type': type = '' } = request.headers;
			const answer = await fetch(`${collector.url}${request.url}`, {
				method: request.method!,
				headers: { authorization, 'content-type': type },
				body
			});
			response.writeHead(answer.status).end(await answer.text());
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return { bodies, endpoint: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function runRecipe({ command, run }: Tool, args: string[], endpoint: string) {
	const { stdout } = await promisify(execFile)(command, [...run, ...args], {
		cwd: RECIPES,
		timeout: PATIENCE_MS,
		env: {
			...process.env,
			PASSLENS_ENDPOINT: endpoint,
			PASSLENS_KEY: collector.serverKey,
			// A machine's proxy has nothing to do with an address of its own.
			no_proxy: '*',
			// So that a name with an "ë" reaches every interpreter as it is.
			LC_ALL: process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8',
			PYTHONDONTWRITEBYTECODE: '1',
			GO111MODULE: 'off',
			GOTOOLCHAIN: 'local'
		}
	});
	return JSON.parse(stdout) as object;
}

/** A sign-in as the browser SDK tells it, with references as the browser SDK makes them. */
async function pageTells({ user, rawId }: { user: string; rawId: Uint8Array }): Promise<string> {
	const ceremony_id = uuidV7();
	const response = await collector.send([
		{
			...EXAMPLES['ceremony.finished'],
			id: uuidV7(),
			ceremony_id,
			ceremony_type: 'authentication',
			time_unix_ms: Date.now(),
			user_ref: userReference(user),
			credential: { credential_ref: credentialReference(rawId) }
		}
	]);
	expect(response.status).toBe(202);
	return ceremony_id;
}

describe.each(Object.entries(TOOLS))('the recipe for %s', (language, tool) => {
	const here = isHere(tool);
	test.for<{ verdict: string; reason: string[]; seen: object }>([
		{ verdict: 'verified', reason: [], seen: { outcome: 'succeeded', refusal_reason: '' } },
		{
			verdict: 'refused',
			reason: ['signature_invalid'],
			seen: { outcome: 'rejected', refusal_reason: 'signature_invalid' }
		}
	])(
		'joins its verdict, $verdict, with what the page told of the same person and passkey',
		{ timeout: PATIENCE_MS },
		async ({ reason, seen }, { skip }) => {
			skip(!here, `This machine has no ${tool.command} that can run it.`);
			const user = `Zoë ${language} ${uuidV7()}`;
			// Among its base64url characters are "-" and "_".
			const rawId = Buffer.concat([Buffer.from([0, 0xfb, 0xef, 0xff]), randomBytes(29)]);
			const ceremonyId = await pageTells({ user, rawId });
			const door = await startDoor();

			const args = [user, rawId.toString('base64url'), ceremonyId, ...reason];
			expect(await runRecipe(tool, args, door.endpoint)).toMatchObject({
				accepted: 1,
				refused: []
			});
			door.close();
			// Put off once; on a slow machine a sender may lose patience and ask a third time.
			const [first, ...retries] = door.bodies.map(({ events }) => events);
			expect(retries.length).toBeGreaterThan(0);
			for (const retry of retries) expect(retry).toEqual(first);

			await collector.stored();
			const sender = await findSender(collector.settings, collector.ingestKey);
			const pseudonyms = pseudonymise({ key: sender!.pseudonymKey });
			const hashes = {
				user_hash: pseudonyms.user(userReference(user)),
				credential_hash: pseudonyms.credential(credentialReference(rawId))
			};
			const of = `WHERE ceremony_id = '${ceremonyId}'`;
			expect(
				await collector.query(
					`SELECT event_type, user_hash, credential_hash FROM events_raw_v1 ${of} ORDER BY event_type`
				)
			).toEqual([
				{ event_type: 'ceremony.finished', ...hashes },
				{ event_type: 'ceremony.verdict', ...hashes }
			]);
			expect(
				await collector.query(
					`SELECT outcome, refusal_reason, user_hash, credential_hash FROM ceremonies_v1 ${of}`
				)
			).toEqual([{ ...seen, ...hashes }]);
		}
	);
});

test.for<{ title: string; reason: string[]; seen: object }>([
	{ title: 'verified', reason: [], seen: { outcome: 'succeeded', refusal_reason: '' } },
	{
		title: 'refused',
		reason: ['counter_regressed'],
		seen: { outcome: 'rejected', refusal_reason: 'counter_regressed' }
	}
])(
	'the recipe for OpenTelemetry joins its verdict, $title, with what the page told',
	{ timeout: PATIENCE_MS },
	async ({ reason, seen }) => {
		const user = `Zoë OpenTelemetry ${uuidV7()}`;
		const rawId = randomBytes(33);
		const ceremonyId = await pageTells({ user, rawId });
		await promisify(execFile)(
			process.execPath,
			['opentelemetry.mjs', user, rawId.toString('base64url'), ceremonyId, ...reason],
			{
				cwd: RECIPES,
				timeout: PATIENCE_MS,
				env: {
					...process.env,
					PASSLENS_ENDPOINT: collector.url,
					PASSLENS_KEY: collector.serverKey
				}
			}
		);
		await collector.stored();
		const sender = await findSender(collector.settings, collector.ingestKey);
		const pseudonyms = pseudonymise({ key: sender!.pseudonymKey });
		const of = `WHERE ceremony_id = '${ceremonyId}'`;
		expect(
			await collector.query(
				`SELECT outcome, refusal_reason, user_hash, credential_hash FROM ceremonies_v1 ${of}`
			)
		).toEqual([
			{
				...seen,
				user_hash: pseudonyms.user(userReference(user)),
				credential_hash: pseudonyms.credential(credentialReference(rawId))
			}
		]);
		expect(
			await collector.query(
				`SELECT application, environment, release FROM events_raw_v1 ${of} AND event_type = 'ceremony.verdict'`
			)
		).toEqual([{ application: 'shop', environment: 'production', release: '4.2.0' }]);
	}
);

/** Every name the contract knows, wherever it stands. */
function wireNames(): Set<string> {
	const names = new Set<string>();
	const walk = (value: unknown): void => {
		if (typeof value !== 'object' || value === null) return;
		for (const [key, item] of Object.entries(value)) {
			if (key === 'properties') for (const name of Object.keys(item)) names.add(name);
			walk(item);
		}
	};
	walk(JSON.parse(readFileSync(join(RECIPES, '../../sdk/event/schema.json'), 'utf8')));
	return names;
}

describe('every recipe', () => {
	const files = readdirSync(RECIPES).filter((file) => /^recipe\./i.test(file));

	test('is run here or said not to be', () => {
		const run = Object.values(TOOLS).map((tool) => tool.run.at(-1)!);
		expect(files.sort()).toEqual([...run, ...NOT_RUN].sort());
		const readme = readFileSync(join(RECIPES, 'README.md'), 'utf8');
		for (const file of run) expect(readme).toMatch(new RegExp(`\\(${file}\\).*\\| run`));
		for (const file of NOT_RUN)
			expect(readme).toMatch(new RegExp(`\\(${file}\\).*\\| \\*\\*not run`));
	});

	test.each(files)('%s makes references and tells limits and retry manners', (file) => {
		const code = readFileSync(join(RECIPES, file), 'utf8');
		for (const part of ['passlens:user:', 'passlens:credential:', 'Limits: ', 'Retry: '])
			expect(code).toContain(part);
	});

	test.each(NOT_RUN)('%s, which is not run, writes only names the contract knows', (file) => {
		const code = readFileSync(join(RECIPES, file), 'utf8');
		// "name": value; "name" to value; put("name", value); context["name"] = value
		const written = code.matchAll(
			/["']([a-z]+(?:_[a-z]+)*)["'](?:: | to )|(?:put\(|\w\[)"([a-z_]+)"(?:, |\] =)/g
		);
		const names = [...written].map(([, first, second]) => first ?? second!);
		expect(names).toEqual(expect.arrayContaining(['schema_version', 'user_ref', 'backup_state']));
		const known = wireNames();
		expect(names.filter((name) => !known.has(name))).toEqual([]);
	});
});
