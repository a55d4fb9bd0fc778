#!/usr/bin/env node
// `npx @passlens/sdk doctor <origin>`: what is wrong with a site's passkey set-up, and how to mend it.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { VERSION } from '../common/version.ts';
import { bareHost } from '../outbound/address.ts';
import { examineSite, type Site } from './examine-site.ts';
import { formatReport } from './report.ts';

const USAGE = `Usage: npx @passlens/sdk doctor <origin>[/page] [options]

Checks a site's passkey set-up and says what is wrong and how to mend it. Reads nothing but this
origin (and <endpoint>/healthz). Give the page where people sign in, if its headers are its own.

  --rp-id <domain>     the RP ID ceremonies use (default: the origin's host)
  --related <origin>   another origin that should be able to use it; may be repeated
  --endpoint <url>     your Passlens collector: may pages send to it, does it answer?
  --script <url>       where pages load the SDK from, if not from the site's own bundle
  --allow-private      let names lead to private and loopback addresses (development, intranet)
  --ca <file.pem>      certificates to trust beside the usual ones
  --timeout <seconds>  for each request (default 5, at most 60)
  --json               one JSON object instead of a report

Exit code: 0 no error found, 1 errors found, 2 wrong usage.`;

/** Longest a run takes, in milliseconds. */
const TOTAL_MS = 60_000;
const MAX_BYTES = 256 * 1024;

class UsageError extends Error {}

let output;
try {
	output = await main(process.argv.slice(2));
} catch (error) {
	if (!isUsageError(error)) throw error;
	output = { stream: process.stderr, text: `${error.message}\n\n${USAGE}`, exitCode: 2 };
}
const { stream, text, exitCode } = output;
// A name that is still being resolved would keep the process waiting after its time.
stream.write(`${text}\n`, () => process.exit(exitCode));

async function main(
	args: string[]
): Promise<{ stream: NodeJS.WriteStream; text: string; exitCode: number }> {
	const { values, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: {
			'rp-id': { type: 'string' },
			related: { type: 'string', multiple: true, default: [] },
			endpoint: { type: 'string' },
			script: { type: 'string' },
			'allow-private': { type: 'boolean', default: false },
			ca: { type: 'string' },
			timeout: { type: 'string', default: '5' },
			json: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false }
		}
	});
	if (values.help) return { stream: process.stdout, text: USAGE, exitCode: 0 };
	const [command, target, ...more] = positionals;
	if (command !== 'doctor' || !target || more.length > 0)
		throw new UsageError('Say which site to look at.');
	const page = readUrl(target.includes('://') ? target : `https://${target}`, 'The origin');
	const site: Site = {
		page,
		rpId: values['rp-id'] ?? bareHost(page),
		related: values.related.map((one) => readUrl(one, '--related').origin),
		endpoint: values.endpoint === undefined ? undefined : readUrl(values.endpoint, '--endpoint'),
		script: values.script === undefined ? undefined : readUrl(values.script, '--script'),
		connection: {
			agent: 'passlens-doctor',
			allowPrivate: values['allow-private'],
			ca: values.ca === undefined ? undefined : readCertificates(values.ca),
			requestMs: readSeconds(values.timeout) * 1000,
			deadline: performance.now() + TOTAL_MS,
			maxBytes: MAX_BYTES
		}
	};
	const findings = await examineSite(site);
	const errors = findings.filter(({ level }) => level === 'error').length;
	const subject = { origin: page.origin, rpId: site.rpId };
	const text = values.json
		? JSON.stringify(
				{ version: VERSION, origin: subject.origin, rp_id: subject.rpId, errors, findings },
				null,
				'\t'
			)
		: formatReport({ findings, ...subject });
	return { stream: process.stdout, text, exitCode: errors > 0 ? 1 : 0 };
}

function readUrl(text: string, name: string): URL {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
		throw new UsageError(`${name} must be an http(s) address without user name.`);
	url.hash = url.search = '';
	return url;
}

function readSeconds(text: string): number {
	const seconds = Number(text);
	if (!(seconds > 0 && seconds <= 60)) throw new UsageError('--timeout takes 1 to 60 seconds.');
	return seconds;
}

function readCertificates(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch (cause) {
		throw new UsageError(`--ca: cannot read ${path}`, { cause });
	}
}

/** parseArgs names its refusals by code. */
function isUsageError(error: unknown): error is Error {
	if (error instanceof UsageError) return true;
	return String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS_');
}
