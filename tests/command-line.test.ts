import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addApiKey } from '../settings/access/api-keys.ts';
import { openSettings } from '../settings/open-settings.ts';
import { KPI_IDS } from '../src/lib/server/kpis/registry.ts';
import { PINNED_NODE } from '../tools/install.mjs';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { sampleVisit } from './support/sample-events.ts';
import { sendVisits } from './support/send-visits.ts';
import { until } from './support/until.ts';

const PROJECT = 'shop';
const ADA = 'Ada+1@Example.com';
/** Clears a terminal's screen, and turns its reading direction. */
const HOSTILE = 'r1\u001b[2J\u202e';

let passlens: Passlens;
let key: string;
let figuresKey: string;

beforeAll(async () => {
	passlens = await startPasslens();
	const visits = [sampleVisit({ user: ADA, text: HOSTILE })];
	await sendVisits({ passlens, keys: addProject(passlens, PROJECT), visits });
	const settings = await openSettings({ dataDir: passlens.dataDir });
	const keyOf = (actions: string[]) =>
		addApiKey(settings, { name: 'Terminal', actions, projectId: PROJECT, days: 1, by: 'test' });
	key = await keyOf(['view', 'see-users', 'follow-users']);
	figuresKey = await keyOf(['view']);
	await settings.destroy();
	// The daily rollup comes last.
	await until(async () => {
		const { kpis } = (await json('kpis', 'usage_rate_all')) as {
			kpis: { denominator: number }[];
		};
		expect(kpis[0]!.denominator).toBeGreaterThan(0);
	});
});
afterAll(() => passlens?.stop());
beforeEach(() => printOutputOnFailure(passlens));

async function run(args: string[], environment: Record<string, string | undefined> = {}) {
	const child = spawn(PINNED_NODE, ['tools/passlens.ts', ...args], {
		cwd: join(import.meta.dirname, '..'),
		env: {
			...process.env,
			PASSLENS_URL: passlens.url,
			PASSLENS_API_KEY: key,
			...environment
		}
	});
	const said = { stdout: '', stderr: '' };
	child.stdout.on('data', (chunk) => (said.stdout += String(chunk)));
	child.stderr.on('data', (chunk) => (said.stderr += String(chunk)));
	const [code] = (await once(child, 'close')) as [number];
	return { code, ...said };
}
const table = async (...args: string[]) => {
	const { code, stdout, stderr } = await run(args);
	expect([stderr, code]).toEqual(['', 0]);
	return stdout;
};
async function json(...args: string[]): Promise<Record<string, unknown>> {
	return JSON.parse(await table(...args, '--json')) as Record<string, unknown>;
}
const first = async (command: string, list: string, id: string) =>
	((await json(command))[list] as Record<string, string>[])[0]![id]!;

describe('npm run passlens', () => {
	it('shows every figure with what it divides, and each definition', async () => {
		const [kpis, definitions] = [await table('kpis'), await table('definitions')];
		for (const id of KPI_IDS) {
			expect(kpis).toMatch(new RegExp(`^${id} `, 'm'));
			expect(definitions).toMatch(new RegExp(`^${id} .* / `, 'm'));
		}
		expect(kpis).toMatch(/^shop, \d{4}-\d\d-\d\d to /);
	});

	it('lists and shows failures, ceremonies, credentials, funnels and projects', async () => {
		expect(await table('failures', '--view', 'all')).toMatch(/rejected +signature_invalid +1/);
		const failure = (
			(await json('failures', '--view', 'all'))['failures'] as { group_id: string }[]
		)[0]!.group_id;
		expect(await table('failures', failure)).toMatch(/^releases$/m);
		expect(await table('ceremonies', '--q', 'outcome:succeeded', '--limit', '1')).toMatch(
			/succeeded[^]*More: --cursor \d+-/
		);
		const ceremony = await first('ceremonies', 'ceremonies', 'ceremony_id');
		expect(await table('ceremonies', ceremony)).toContain(ceremony);
		const credential = await first('credentials', 'credentials', 'credential_hash');
		expect(await table('credentials', credential)).toMatch(/sync_state: +synced/);
		expect(await table('funnel', 'sign-in')).toMatch(/signed_in +1/);
		expect(await table('projects')).toMatch(/shop +Project shop/);
		expect(await table('adoption', '--by', 'platform')).toContain('Linux');
	});

	it('gives with --json what the API gives', async () => {
		const response = await fetch(`${passlens.url}/api/v1/failures?view=all&project=${PROJECT}`, {
			headers: { authorization: `Bearer ${key}` }
		});
		expect(await json('failures', '--view', 'all', '--project', PROJECT)).toEqual(
			await response.json()
		);
	});

	it('follows a user by the site’s own reference, which never leaves this machine', async () => {
		const found = await json('user', '--user', ADA);
		const { user_hash } = found['state'] as { user_hash: string };
		expect(await json('user', user_hash)).toEqual(found);
		expect(await table('user', user_hash, '--kind', 'prompt')).toMatch(/prompt +enroll +accepted/);
		expect(passlens.output()).not.toContain(ADA);
	});

	it('lets no text of a site steer the terminal', async () => {
		const out = await table('failures', '--view', 'all');
		expect(out).toContain('r1\u{fffd}[2J');
		for (const steering of ['\u001b', '\u202e']) expect(out).not.toContain(steering);
	});

	it('says what a command takes', async () => {
		expect(await table('--help')).toContain('npm run passlens -- kpis');
		expect(await table('failures', '--help')).toMatch(/--view +open: new and regressed/);
	});

	it.each<[string, string[], Record<string, string | undefined>, number, RegExp]>([
		['no command', [], {}, 1, /^$/],
		['an unknown command', ['kpi'], {}, 1, /There is no command "kpi"/],
		['an unknown parameter', ['kpis', '--perod', '7d'], {}, 1, /--perod/],
		['a wrong value', ['kpis', '--period', '7'], {}, 1, /\(--period\)/],
		['a search with a mistake', ['failures', '--q', 'casue:x'], {}, 1, /Did you mean “cause”/],
		['nothing there', ['failures', '0123456789'], {}, 1, /no such thing/],
		['which funnel is missing', ['funnel'], {}, 1, /Say which/],
		['no key', ['kpis', '--project', PROJECT], { PASSLENS_API_KEY: '' }, 2, /PASSLENS_API_KEY/],
		['an unknown key', ['kpis', '--key', 'plk_mistyped'], {}, 2, /No such API key/],
		['nobody there', ['kpis', '--url', 'http://localhost:9'], {}, 3, /cannot be reached/],
		['another server', ['kpis', '--url', 'not an address'], {}, 3, /is no address/]
	])('ends with %s by its exit code and a sentence', async (_, args, environment, code, said) => {
		const told = await run(args, environment);
		expect(told).toMatchObject({ code, stderr: expect.stringMatching(said) });
		expect(told.stderr).not.toMatch(/at .*\(.*:\d+:\d+\)/);
	});

	it('ends with 2 where the key may not do this', async () => {
		expect(await run(['ceremonies'], { PASSLENS_API_KEY: figuresKey })).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('may not do this')
		});
	});
});
