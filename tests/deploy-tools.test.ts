import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { findProgram } from '../tools/find-programs.mjs';
import { PINNED_NODE } from '../tools/install.mjs';

// What is in deploy/, put together by the programs that operators use, as far as these need no engine and no cluster.

const ROOT = join(import.meta.dirname, '..');
const DEPLOY = join(ROOT, 'deploy');
const kubectl = findProgram('kubectl');
const compose = findProgram('docker-compose');
const promtool = findProgram('promtool');
const run = promisify(execFile);

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'passlens-deploy-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(!kubectl)('kubectl kustomize', () => {
	interface Manifest {
		kind: string;
		metadata: { name: string; namespace?: string };
		spec?: { template?: { spec: { containers: { image: string }[]; volumes: unknown[] } } };
		data?: Record<string, string>;
	}

	test('makes everything of one namespace, of the image that was set, with the configuration in it', async () => {
		const copy = join(folder, 'kubernetes');
		await cp(join(DEPLOY, 'kubernetes'), copy, { recursive: true });
		await copyFile(join(copy, 'secret.example.yaml'), join(copy, 'secret.yaml'));
		const { stdout } = await run(kubectl!, ['kustomize', copy]);
		const made = parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
		const kinds = new Set(made.map(({ kind }) => kind));
		expect([...kinds].sort()).toEqual([
			...['ConfigMap', 'Deployment', 'Namespace', 'NetworkPolicy', 'PodDisruptionBudget'],
			...['Secret', 'Service', 'StatefulSet']
		]);
		for (const { kind, metadata } of made)
			expect(kind === 'Namespace' ? metadata.name : metadata.namespace, kind).toBe('passlens');
		const pods = made.flatMap(({ spec }) => spec?.template?.spec ?? []);
		expect(pods).toHaveLength(2);
		for (const { containers } of pods)
			expect(containers.map(({ image }) => image)).toEqual(['registry.example.com/passlens:0.1.0']);
		// The name has a hash of the content, so that a change starts collectors anew.
		const configuration = made.find(({ kind }) => kind === 'ConfigMap')!;
		expect(configuration.metadata.name).toMatch(/^passlens-configuration-[a-z0-9]+$/);
		expect(configuration.data).toHaveProperty(['passlens.config.yaml']);
		expect(JSON.stringify(pods)).toContain(configuration.metadata.name);
	});
});

describe.skipIf(!compose)('docker-compose', () => {
	const config = (env: Record<string, string>) =>
		run(compose!, ['-f', join(DEPLOY, 'compose.yaml'), 'config'], {
			env: { ...process.env, ...env }
		});
	const passwords = { PASSLENS_WRITER_PASSWORD: 'writes', PASSLENS_READER_PASSWORD: 'reads' };

	test('reads the file and puts the passwords where they belong', async () => {
		const { stdout } = await config(passwords);
		const { services } = parse(stdout) as {
			services: Record<string, { environment: Record<string, string> }>;
		};
		expect(Object.keys(services).sort()).toEqual(['clickhouse', 'collector', 'dashboard']);
		expect(services.collector!.environment.CLICKHOUSE_URL).toBe(
			'http://passlens_writer:writes@clickhouse:8123'
		);
		expect(services.dashboard!.environment.CLICKHOUSE_READ_URL).toBe(
			'http://passlens_reader:reads@clickhouse:8123'
		);
	});

	test.each(Object.keys(passwords))('starts nothing without %s, and says so', async (name) => {
		await expect(config({ ...passwords, [name]: '' })).rejects.toMatchObject({
			stderr: expect.stringContaining('choose one')
		});
	});
});

describe('Grafana', () => {
	const files = ['collectors', 'passlens'];

	test('has the types that these dashboards are of', async () => {
		// Among the packages, where the compiler finds them.
		const inside = await mkdtemp(join(ROOT, 'node_modules/.grafana-'));
		const sources = files.map((name) => join(inside, `${name}.ts`));
		for (const [index, name] of files.entries()) {
			const text = readFileSync(join(DEPLOY, `grafana/${name}.json`), 'utf8');
			await writeFile(
				sources[index]!,
				`import type { Dashboard } from '@grafana/schema';\nexport const dashboard = (${text}) satisfies Dashboard;\n`
			);
		}
		const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
		const options = ['--noEmit', '--strict', '--skipLibCheck', '--ignoreConfig'];
		const modules = ['--module', 'esnext', '--moduleResolution', 'bundler'];
		const said = await run(PINNED_NODE, [compiler, ...options, ...modules, ...sources]).then(
			() => '',
			({ stdout }: { stdout: string }) => stdout
		);
		await rm(inside, { recursive: true });
		expect(said).toBe('');
	});

	test.skipIf(!promtool)('asks Prometheus in words that it understands', async () => {
		const { panels } = JSON.parse(
			readFileSync(join(DEPLOY, 'grafana/collectors.json'), 'utf8')
		) as {
			panels: { targets: { expr: string }[] }[];
		};
		const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
		const rules = expressions.map((expr, index) => ({
			record: `panel:${index}`,
			expr: expr.replaceAll('$__rate_interval', '5m')
		}));
		const file = join(folder, 'panels.yaml');
		await writeFile(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
		const { stdout } = await run(promtool!, ['check', 'rules', file]);
		expect(stdout).toContain(`SUCCESS: ${expressions.length} rules found`);
	});
});
