import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../tools/find-programs.mjs';
import { runExample, type RunningExample } from './run-example.ts';

const RECIPE = join(import.meta.dirname, '../../examples/proxies/nginx.conf');

/** Runs nginx with the recipe of `examples/proxies`; only addresses and ports are other than in the file. */
export function runNginx({
	folder,
	port,
	collector,
	site,
	ready = '/'
}: {
	/** Where it may write. */
	folder: string;
	port: number;
	/** The port of the collector behind it, and of the site. */
	collector: number;
	site: number;
	/** A page of the site that answers by 200. */
	ready?: string;
}): Promise<RunningExample> {
	const recipe = readFileSync(RECIPE, 'utf8')
		.replace('server 127.0.0.1:7301', `server 127.0.0.1:${collector}`)
		.replace('listen 8080', `listen ${port}`)
		.replace('127.0.0.1:3000', `127.0.0.1:${site}`);
	writeFileSync(join(folder, 'passlens.conf'), recipe);
	const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
		(name) => `${name}_temp_path ${folder}/${name};`
	);
	writeFileSync(
		join(folder, 'nginx.conf'),
		`daemon off; pid ${folder}/nginx.pid; error_log stderr warn; worker_processes 1;
		${process.getuid?.() === 0 ? 'user root;' : ''}
		events {} http { access_log off; ${temporary.join(' ')} include ${folder}/passlens.conf; }`
	);
	return runExample({
		command: findProgram('nginx')!,
		args: ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')],
		cwd: folder,
		url: `http://localhost:${port}${ready}`
	});
}
