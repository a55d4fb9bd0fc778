import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { Problem } from './problem.ts';
import { problemAnswer } from './protocol.ts';

/** The SDK as a classic script, for pages without a bundler: the collector that takes the events hands it out. */
export const SCRIPT_PATH = '/passlens.js';

const BUILT = join(import.meta.dirname, '..', 'sdk', 'dist', 'passlens.js');
const MAX_AGE_S = 3_600;

interface Script {
	plain: Buffer;
	brotli: Buffer;
	etag: string;
}

/** Answers with the built script, which any page may load; 404 where the SDK was not built. */
export function createScriptAnswer({ read = readBuilt }: { read?: () => Buffer | undefined } = {}) {
	let script: Script | undefined;
	return (request: IncomingMessage, response: ServerResponse): void => {
		script ??= pack(read());
		if (!script) {
			const { status, type, body } = problemAnswer(NOT_BUILT);
			return void response.writeHead(status, { 'content-type': type }).end(body);
		}
		const { plain, brotli, etag } = script;
		const head = {
			etag,
			'cache-control': `public, max-age=${MAX_AGE_S}`,
			vary: 'accept-encoding',
			// A page that isolates itself, or checks the script's integrity, may load it too.
			'cross-origin-resource-policy': 'cross-origin',
			'access-control-allow-origin': '*',
			'x-content-type-options': 'nosniff'
		};
		if (request.headers['if-none-match'] === etag) return void response.writeHead(304, head).end();
		const packed = /\bbr\b/.test(String(request.headers['accept-encoding'] ?? ''));
		const body = packed ? brotli : plain;
		response.writeHead(200, {
			...head,
			'content-type': 'text/javascript; charset=utf-8',
			'content-length': body.length,
			...(packed && { 'content-encoding': 'br' })
		});
		response.end(body);
	};
}

function pack(plain: Buffer | undefined): Script | undefined {
	if (!plain) return undefined;
	const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
	return { plain, brotli: brotliCompressSync(plain), etag };
}

function readBuilt(): Buffer | undefined {
	return existsSync(BUILT) ? readFileSync(BUILT) : undefined;
}

const NOT_BUILT: Problem = {
	status: 404,
	code: 'script_not_built',
	title: 'The script was not built',
	detail: 'Run "npm run build -w sdk" beside the collector, or bundle @passlens/sdk with your page.'
};
