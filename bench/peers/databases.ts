import { DuckDBInstance } from '@duckdb/node-api';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, createReadStream, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { COLUMNS, INDEX, TABLE } from './questions.ts';

/** A database a team would use instead, filled with the same rows. */
export interface Peer {
	name: string;
	/** Rows of a CSV file without a header, in the order of the table's columns. */
	load(csv: string): Promise<void>;
	/** The answer, as text, row by row. */
	ask(sql: string): Promise<string[][]>;
	close(): Promise<void>;
}

/** Those that are here; `missing` says which are not, and why. */
export async function openPeers(directory: string): Promise<{ peers: Peer[]; missing: string[] }> {
	const postgres = await openPostgres(join(directory, 'postgres'));
	const peers = [
		await openDuckDb(join(directory, 'duck.db')),
		openSqlite(join(directory, 'lite.db'))
	];
	return typeof postgres === 'string'
		? { peers, missing: [postgres] }
		: { peers: [...peers, postgres], missing: [] };
}

async function openDuckDb(path: string): Promise<Peer> {
	const instance = await DuckDBInstance.create(path);
	const connection = await instance.connect();
	return {
		name: 'DuckDB',
		async load(csv) {
			await connection.run(`CREATE TABLE ${TABLE} (${COLUMNS})`);
			await connection.run(`COPY ${TABLE} FROM '${csv}' (HEADER false)`);
		},
		async ask(sql) {
			const reader = await connection.runAndReadAll(sql);
			return reader.getRows().map((row) => row.map(String));
		},
		close: () => {
			connection.closeSync();
			instance.closeSync();
			return Promise.resolve();
		}
	};
}

function openSqlite(path: string): Peer {
	const database = new DatabaseSync(path);
	database.exec(
		'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -1000000'
	);
	return {
		name: 'SQLite',
		async load(csv) {
			database.exec(`CREATE TABLE ${TABLE} (${COLUMNS})`);
			const insert = database.prepare(`INSERT INTO ${TABLE} VALUES (CAST(? AS INTEGER), ?, ?, ?)`);
			database.exec('BEGIN');
			for await (const line of createInterface({ input: createReadStream(csv) }))
				insert.run(...line.replaceAll('"', '').split(','));
			database.exec('COMMIT');
			database.exec(INDEX);
			database.exec('ANALYZE');
		},
		ask: (sql) =>
			Promise.resolve(
				database
					.prepare(sql)
					.all()
					.map((row) => Object.values(row).map(String))
			),
		close: () => {
			database.close();
			return Promise.resolve();
		}
	};
}

/** Debian keeps the server's programs out of the path; as root it refuses to run, so it runs as the user its package made. */
async function openPostgres(directory: string): Promise<Peer | string> {
	const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
	const version = versions.toSorted((a, b) => Number(a) - Number(b)).at(-1);
	if (!version) return 'PostgreSQL: not installed here (Debian: apt-get install postgresql)';
	const bin = join('/usr/lib/postgresql', version, 'bin');
	const owner = process.getuid?.() === 0 ? userOf('postgres') : {};
	mkdirSync(directory, { recursive: true });
	// The server's user must reach it; what is above it was made for us alone.
	chmodSync(join(directory, '..'), 0o755);
	chmodSync(directory, 0o777);
	const data = join(directory, 'data');
	const made = spawnSync(
		join(bin, 'initdb'),
		['-D', data, '-A', 'trust', '-U', 'bench', '-E', 'UTF8'],
		{ ...owner, encoding: 'utf8' }
	);
	if (made.status !== 0)
		return `PostgreSQL: initdb failed: ${made.stderr.trim().split('\n').at(-1)}`;
	const settings = [
		'shared_buffers=1GB',
		'work_mem=256MB',
		'max_parallel_workers_per_gather=2',
		'listen_addresses=',
		`unix_socket_directories=${directory}`,
		'fsync=off'
	];
	const server = spawn(
		join(bin, 'postgres'),
		['-D', data, ...settings.flatMap((one) => ['-c', one])],
		{ ...owner, stdio: 'ignore' }
	);
	const psql = (input: string) => {
		const ran = spawnSync(
			'psql',
			['-h', directory, '-U', 'bench', '-d', 'postgres', '-AtqF', ',', '-v', 'ON_ERROR_STOP=1'],
			{ input, encoding: 'utf8', maxBuffer: 1 << 28 }
		);
		if (ran.status !== 0) throw new Error(ran.stderr);
		return ran.stdout.trim();
	};
	for (let tries = 0; ; tries++) {
		try {
			psql('SELECT 1');
			break;
		} catch (error) {
			if (tries > 100) throw error;
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
	}
	return {
		name: `PostgreSQL ${version}`,
		load: (csv) => {
			psql(
				`CREATE TABLE ${TABLE} (${COLUMNS});\n\\copy ${TABLE} FROM '${csv}' CSV\n${INDEX};\nVACUUM ANALYZE ${TABLE};`
			);
			return Promise.resolve();
		},
		ask: (sql) =>
			Promise.resolve(
				psql(`${sql};`)
					.split('\n')
					.map((line) => line.split(','))
			),
		close: async () => {
			server.kill('SIGINT');
			await once(server, 'exit');
		}
	};
}

function userOf(name: string): { uid?: number; gid?: number } {
	const id = (flag: string) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout);
	return { uid: id('-u'), gid: id('-g') };
}
