// `npm run audit-log`: who saw or changed what, and whether the log is whole.
import { parseArgs } from 'node:util';
import { readAuditLog, verifyAuditLog, type AuditEntry } from '../settings/access/audit-log.ts';
import { DATA_DIR, runCommand, UsageError, withSettings } from './command.ts';

const USAGE = `npm run audit-log                                     the newest entries; --limit 500 for more
npm run audit-log -- --verify                         computes the chain of hashes again, and prints its head
npm run audit-log -- --verify --head <number>:<hash>  also that an entry noted elsewhere is still there

Keep the head where whoever can write to the settings cannot: without it, an end that was cut off goes unnoticed.`;

await runCommand(async () => {
	const { values } = parseArgs({
		options: {
			...DATA_DIR,
			verify: { type: 'boolean', default: false },
			head: { type: 'string' },
			limit: { type: 'string', default: '50' },
			help: { type: 'boolean', short: 'h', default: false }
		}
	});
	if (values.help) return void process.stdout.write(`${USAGE}\n`);
	const expected = readHead(values.head);
	const limit = Number(values.limit);
	if (!Number.isInteger(limit) || limit < 1)
		throw new UsageError(`--limit must be a whole number from 1 on, not "${values.limit}".`);
	return withSettings(values['data-dir'], async (settings) => {
		if (!values.verify) {
			const entries = await readAuditLog(settings, { limit });
			const lines = entries.toReversed().map(describe);
			return void process.stdout.write(`${lines.join('\n') || 'Nothing yet.'}\n`);
		}
		const { entries, head, broken } = await verifyAuditLog(settings, expected);
		if (broken) {
			process.stdout.write(
				`The log was tampered with: entry ${broken.number}: ${broken.reason}. The ${entries} before it are whole.\n`
			);
			process.exitCode = 1;
		} else process.stdout.write(`${entries} entries, whole.\nHead ${entries}:${head}\n`);
	});
});

function readHead(text: string | undefined): { number: number; hash: string } | undefined {
	if (text === undefined) return undefined;
	const [, number, hash] = /^(\d{1,12}):([0-9a-f]{64})$/.exec(text) ?? [];
	if (!number || !hash)
		throw new UsageError('--head takes what --verify printed: <number>:<hash>.');
	return { number: Number(number), hash };
}

function describe({ number, at, actor, action, projectId, subject, detail }: AuditEntry): string {
	const more = Object.entries(detail).map(([name, value]) => `${name}=${value}`);
	return [
		...[number, new Date(at).toISOString(), actor.name || actor.kind, action],
		...[projectId, subject, ...more].filter(Boolean)
	].join('  ');
}
