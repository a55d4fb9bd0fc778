import { lstat, readdir, readlink, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyMigrations } from '../apply.ts';
import { connectDatabase } from '../connect.ts';
import { storedTables } from '../tables.ts';
import { makeDataDir } from './make-data-dir.ts';

let dataDir: string;
beforeAll(async () => {
	dataDir = await makeDataDir();
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

test('a copy of the template leads nowhere else', async () => {
	const entries = await readdir(dataDir, { recursive: true });
	const links = [];
	for (const entry of entries)
		if ((await lstat(join(dataDir, entry))).isSymbolicLink())
			links.push(await readlink(join(dataDir, entry)));
	expect(links.length).toBeGreaterThan(storedTables('state').length);
	expect(links.filter(isAbsolute)).toEqual([]);
});

test('a copy of the template has every migration and no row', async () => {
	const client = await connectDatabase({ dataDir });
	expect(await applyMigrations({ client })).toEqual([]);
	const rows = await client.query({
		query: `SELECT name FROM system.tables WHERE database = currentDatabase() AND total_rows > 0`,
		format: 'JSONEachRow'
	});
	expect(await rows.json()).toEqual([{ name: 'migrations_applied_v1' }]);
	await client.close();
});
