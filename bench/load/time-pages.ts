/** The built dashboard over the data directory given, asked page after page. Sends `PageTimes` when it is done. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectDatabase } from '../../migrations/connect.ts';

export interface PageTimes {
	pages: { path: string; milliseconds: number }[];
	countMilliseconds: number;
	ceremonies: number;
}

const PATHS = ['/', '/adoption', '/sync-coverage', '/upgrades', '/ceremonies', '/credentials'];
const ROUNDS = 4;

const dataDir = process.argv[2]!;
process.env.PASSLENS_DATA_DIR = dataDir;
// The demonstration is read without a sign-in, by whoever sits at the machine.
process.env.PASSLENS_ON_LOOPBACK = '1';
const client = await connectDatabase({ dataDir });
// Imported late: the build reads the environment when it is loaded.
const { handler } = (await import(new URL('../../build/handler.js', import.meta.url).href)) as {
	handler: RequestListener;
};
const server = createServer(handler).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const pages: PageTimes['pages'] = [];
for (const path of PATHS) pages.push({ path, milliseconds: await best(() => open(path)) });
let ceremonies = 0;
const countMilliseconds = await best(async () => {
	const query =
		'SELECT count() AS ceremonies FROM ceremonies_state_v1 WHERE NOT ignore(ceremony_id)';
	const found = await client.query({ query, format: 'JSONEachRow' });
	const [row] = await found.json<{ ceremonies: string }>();
	ceremonies = Number(row!.ceremonies);
});
process.send!({ pages, countMilliseconds, ceremonies } satisfies PageTimes);

async function open(path: string): Promise<void> {
	const response = await fetch(`http://127.0.0.1:${port}${path}?project=demo`);
	await response.text();
	if (!response.ok) throw new Error(`${path} answered ${response.status}`);
}

async function best(work: () => Promise<void>): Promise<number> {
	let least = Infinity;
	for (let round = 0; round < ROUNDS; round++) {
		const started = performance.now();
		await work();
		least = Math.min(least, performance.now() - started);
	}
	return least;
}
