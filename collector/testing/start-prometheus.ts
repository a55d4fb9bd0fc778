import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './start-clickhouse-server.ts';

/** Scrapes and asks the rules so often: a test does not wait for a quarter of an hour. */
const EVERY = '1s';
const ALERTS = join(import.meta.dirname, '../../deploy/grafana/alerts.yaml');

export interface Prometheus {
	/** Names of the alerts that fire now. */
	firing(): Promise<string[]>;
	/** The values that a query has now, of each series. */
	query(expression: string): Promise<number[]>;
	stop(): Promise<void>;
}

/** A Prometheus with the alerts of deploy/grafana over windows of seconds, which scrapes these. */
export async function startPrometheus({
	program,
	folder,
	targets
}: {
	/** Path of the program. */
	program: string;
	/** Where its files lie. */
	folder: string;
	/** Such as `127.0.0.1:9464`. */
	targets: string[];
}): Promise<Prometheus> {
	await writeFile(join(folder, 'alerts.yaml'), inSeconds(await readFile(ALERTS, 'utf8')));
	const configuration = {
		global: { scrape_interval: EVERY, evaluation_interval: EVERY },
		rule_files: ['alerts.yaml'],
		scrape_configs: [{ job_name: 'passlens', static_configs: [{ targets }] }]
	};
	await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(configuration));
	const own = await freePort();
	const server = spawn(
		program,
		[
			`--config.file=${join(folder, 'prometheus.yml')}`,
			`--storage.tsdb.path=${join(folder, 'data')}`,
			`--web.listen-address=127.0.0.1:${own}`
		],
		{ stdio: 'ignore' }
	);
	const ask = async <Data>(path: string) => {
		const answer = await fetch(`http://127.0.0.1:${own}/api/v1/${path}`);
		return ((await answer.json()) as { data: Data }).data;
	};
	return {
		async firing() {
			const { alerts } = await ask<{
				alerts: { state: string; labels: { alertname: string } }[];
			}>('alerts');
			return alerts.flatMap(({ state, labels }) => (state === 'firing' ? [labels.alertname] : []));
		},
		async query(expression) {
			const { result } = await ask<{ result: { value: [number, string] }[] }>(
				`query?query=${encodeURIComponent(expression)}`
			);
			return result.map(({ value }) => Number(value[1]));
		},
		async stop() {
			if (server.exitCode !== null) return;
			server.kill();
			await once(server, 'exit');
		}
	};
}

/** The same rules over windows and waits of seconds. */
function inSeconds(rules: string): string {
	return rules.replace(/\[\d+m\]/g, '[10s]').replace(/for: \d+m/g, 'for: 2s');
}
