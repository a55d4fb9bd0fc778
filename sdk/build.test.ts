import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { measureSizes } from './measure-size.ts';

/**
 * Bytes of brotli, file by file as published. `index` is observing, queueing, sending and consent, which every page of every
 * site pays for: 4 kB. Raise one only for something worth more.
 */
const SIZE_LIMITS = {
	index: 4_000,
	flows: 1_050,
	trace: 600,
	simplewebauthn: 400,
	debug: 3_300,
	passlens: 4_600
};

// Below the workspace, so that the package finds zod as a peer, as it would on a site.
const sandbox = mkdtempSync(join(import.meta.dirname, '../node_modules/.sdk-build-'));
const dist = join(sandbox, 'node_modules/@passlens/sdk');

beforeAll(() => {
	mkdirSync(dist, { recursive: true });
	execFileSync(process.execPath, [join(import.meta.dirname, 'build.ts'), dist]);
}, 60_000);
afterAll(() => rmSync(sandbox, { recursive: true, force: true }));

describe('the published package', () => {
	test('has every file its manifest names, and no source', () => {
		const manifest = JSON.parse(readFileSync(join(dist, 'package.json'), 'utf8'));
		expect(manifest).not.toHaveProperty('private');
		expect(manifest).not.toHaveProperty('dependencies');
		const named = Object.values(manifest.exports as object).flatMap((entry: string | object) =>
			typeof entry === 'string' ? [entry] : (Object.values(entry) as string[])
		);
		const files = readdirSync(dist, { recursive: true }) as string[];
		expect(files).toEqual(expect.arrayContaining(named.map((path) => path.slice(2))));
		expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md']));
		expect(files.filter((file) => /(?<!\.d)\.ts$|test/.test(file))).toEqual([]);
	});

	test('runs in Node by its entries', () => {
		const script = `
			const { init, ceremonyId, flush, identify } = await import('@passlens/sdk');
			const { flow, prompt, signIn } = await import('@passlens/sdk/flows');
			const { createVerdictSender, simplewebauthn } = await import('@passlens/sdk/server');
			const { startTrace } = await import('@passlens/sdk/trace');
			const { onEvent, startDebug } = await import('@passlens/sdk/debug');
			const { startAuthentication } = await import('@passlens/sdk/simplewebauthn');
			const { eventSchema } = await import('@passlens/sdk/event');
			init({ endpoint: 'http://localhost:1', projectKey: 'pk_x' });
			onEvent(() => console.log('an event without a page'));
			await identify('ada');
			prompt.accepted(prompt.shown({ purpose: 'enroll' }));
			signIn({ method: 'passkey' });
			flow.started({ purpose: 'sign_in' });
			startDebug()();
			startTrace().end();
			await startAuthentication({ optionsJSON: { challenge: '' } }).catch(() => undefined);
			await flush();
			await createVerdictSender({ endpoint: 'http://localhost:1', serverKey: 'sk_x' }).close();
			console.log(ceremonyId(), typeof simplewebauthn.registrationVerdict, eventSchema.safeParse({}).success);
		`;
		const file = join(sandbox, 'site.mjs');
		writeFileSync(file, script);
		const out = execFileSync(process.execPath, [file], { encoding: 'utf8' });
		expect(out.trim()).toBe('undefined function false');
	});

	test('brings one command, which runs without any dependency', () => {
		const { bin } = JSON.parse(readFileSync(join(dist, 'package.json'), 'utf8'));
		expect(Object.keys(bin)).toEqual(['passlens']);
		const command = join(dist, bin.passlens);
		expect(readFileSync(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
		const { status, stdout } = spawnSync(
			process.execPath,
			[command, 'doctor', 'http://example.com', '--json'],
			{ encoding: 'utf8' }
		);
		expect(status).toBe(1);
		expect(JSON.parse(stdout).findings[0].code).toBe('insecure_origin');
	});

	test.each(['index.js', 'flows.js', 'trace.js', 'debug.js', 'passlens.js'])(
		'%s takes nothing from elsewhere',
		(file) => {
			const code = readFileSync(join(dist, file), 'utf8');
			expect(code).not.toMatch(/\bimport\b|\brequire\(|zod/);
		}
	);

	test('simplewebauthn.js takes the site’s own copy of the library, and nothing else', () => {
		const code = readFileSync(join(dist, 'simplewebauthn.js'), 'utf8');
		expect(code.match(/from\s*["'`][^"'`]+["'`]/g)?.map((it) => it.slice(4).trim())).toEqual([
			'"@simplewebauthn/browser"'
		]);
	});

	test('passlens.js is a classic script that sets one name', () => {
		const page: Record<string, unknown> = {};
		runInNewContext(readFileSync(join(dist, 'passlens.js'), 'utf8'), page);
		expect(Object.keys(page)).toEqual(['passlens']);
		expect(Object.keys(page.passlens as object).sort()).toEqual(
			['ceremonyId', 'consent', 'flow', 'flush', 'identify', 'init', 'prompt', 'signIn'].sort()
		);
	});

	test('is typed, by its declarations alone', () => {
		writeFileSync(
			join(sandbox, 'site.ts'),
			`import { init, type InitOptions } from '@passlens/sdk';
			import { prompt } from '@passlens/sdk/flows';
			import { createVerdictSender } from '@passlens/sdk/server';
			import { trace } from '@opentelemetry/api';
			import { startTrace, type Trace } from '@passlens/sdk/trace';
			import { onEvent, startDebug } from '@passlens/sdk/debug';
			import { startRegistration } from '@passlens/sdk/simplewebauthn';
			import type { EventOf } from '@passlens/sdk/event';
			const attempt: Trace = startTrace({ origins: ['https://api.example.com'] });
			const answered: Promise<Response> = attempt.fetch('/options');
			const stop: () => void = startDebug({ overlay: false });
			createVerdictSender({ endpoint: '', serverKey: '', trace });
			export const registered: Promise<string> = startRegistration({ optionsJSON: {} as never }).then((it) => it.id);
			export { answered, stop };
			// @ts-expect-error -- no such option
			startTrace({ hosts: [] });
			const options: InitOptions = { endpoint: '', projectKey: '' };
			init(options);
			const id: string = prompt.shown({ purpose: 'enroll' });
			onEvent((event) => event.type === 'signin.finished' && event.method.length);
			createVerdictSender({ endpoint: '', serverKey: '' }).authentication({ ceremonyId: id, verified: true });
			export type T = EventOf<'prompt.shown'>['purpose'];
			// @ts-expect-error -- a purpose the contract does not know: proof that these are types, not any
			prompt.shown({ purpose: 'nonsense' });
			// @ts-expect-error -- no such event
			onEvent((event) => event.type === 'nonsense');`
		);
		writeFileSync(
			join(sandbox, 'tsconfig.json'),
			JSON.stringify({
				compilerOptions: { noEmit: true, strict: true, module: 'nodenext', types: ['node'] },
				files: ['site.ts']
			})
		);
		const tsc = join(import.meta.dirname, '../node_modules/typescript/bin/tsc');
		const { stdout } = spawnSync(process.execPath, [tsc, '-p', sandbox], { encoding: 'utf8' });
		expect(stdout).toBe('');
	}, 60_000);
});

test('the browser’s files stay small', async () => {
	const sizes = await measureSizes();
	const excess = Object.entries(sizes).filter(
		([name, { brotli }]) => brotli > SIZE_LIMITS[name as keyof typeof SIZE_LIMITS]
	);
	console.log(
		Object.entries(sizes)
			.map(([name, { brotli }]) => `${name}.js ${brotli} B brotli`)
			.join(', ')
	);
	expect(excess).toEqual([]);
	expect(Object.keys(sizes).sort()).toEqual(Object.keys(SIZE_LIMITS).sort());
});
