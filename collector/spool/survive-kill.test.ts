import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { surviveKills } from '../testing/survive-kills.ts';

let dataDir: string;
beforeEach(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'passlens-kill-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));

// `npm run bench -- --only survive` does it fifty times each.
test.each([
	{ over: 'embedded', rounds: 2 },
	{ over: 'server', rounds: 2 }
] as const)(
	'what was acknowledged under load is there after kill -9, once, $over',
	{ timeout: 240_000 },
	async ({ over, rounds }) => {
		const survived = await surviveKills({ dataDir, rounds, over });
		expect(survived).toMatchObject({ kills: rounds, missing: 0, duplicates: 0 });
		expect(survived.acknowledged).toBeGreaterThan(0);
	}
);
