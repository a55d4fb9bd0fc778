/**
 * A ClickHouse server for tests: HTTP on 127.0.0.1, out of the library that the npm package chdb brings along.
 *
 *     node --experimental-ffi collector/testing/clickhouse-server.mjs <data directory> <http port> [<tcp port> <config.xml>]
 *
 * The library exports the entry point of `clickhouse local` as `query_stable_v2(argc, argv)`. Since 26.5 that program knows
 * `SYSTEM START LISTEN HTTP`, and a statement that sleeps for a day keeps it listening until the process is ended.
 * It is the server's own HTTP interface, so what the client sends over the wire is tested for real. With a native port
 * and `remote_servers` in a configuration, several make a sharded cluster. Replicated tables and
 * ON CLUSTER need more than this and cannot be tested so. Node's FFI is experimental: tests only.
 */
import { createRequire } from 'node:module';
import { dlopen, getRawPointer } from 'node:ffi';
import { dirname, join } from 'node:path';

const [dataDir, port, tcpPort, configFile] = process.argv.slice(2);
const platform = `${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : ''}`;
const packageFile = createRequire(import.meta.url).resolve(`@chdb/lib-${platform}/package.json`);
const library = join(dirname(packageFile), 'libchdb.so');

const sleepForADay =
	'SELECT sleepEachRow(1) FROM numbers(86400) SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0 FORMAT Null';

const words = [
	'clickhouse',
	`--path=${dataDir}`,
	'--listen_host=127.0.0.1',
	`--http_port=${port}`,
	...(tcpPort ? [`--tcp_port=${tcpPort}`] : []),
	...(configFile ? [`--config-file=${configFile}`] : []),
	`--query=SYSTEM START LISTEN HTTP; ${tcpPort ? 'SYSTEM START LISTEN TCP; ' : ''}${sleepForADay}`,
	// Settings that are not the program's own options follow a bare "--"; before it they make it end at once.
	'--',
	'--backups.allowed_path=/'
];

// char *argv[], NULL at its end. The buffers stay referenced while the call below blocks.
const texts = words.map((word) => Buffer.from(`${word}\0`));
const argv = new BigUint64Array([...texts.map((text) => getRawPointer(text)), 0n]);

const { functions } = dlopen(library, {
	query_stable_v2: { return: 'pointer', arguments: ['int32', 'pointer'] }
});
functions.query_stable_v2(texts.length, getRawPointer(Buffer.from(argv.buffer)));
