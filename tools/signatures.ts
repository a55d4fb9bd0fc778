// `npm run signatures`: the errors that no rule of the classifier knows, and what the operator calls them.
import { FAILURE_CAUSES } from '../sdk/common/failure-causes.ts';
import { parseArgs } from 'node:util';
import {
	CONFIDENCES,
	type Confidence,
	type FailureCause
} from '../collector/domain/classify-failure.ts';
import { listSignatures, type ErrorSignature } from '../collector/reclassify/signatures.ts';
import type { Settings } from '../settings/open-settings.ts';
import {
	forgetSignature,
	nameSignature,
	readSignatureNames,
	signatureId,
	type Signature
} from '../settings/signature-names.ts';
import { DATA_DIR, runCommand, UsageError, withDatabase, withSettings } from './command.ts';

const USAGE = `npm run signatures -- list [--project my-site] [--all] [--json]
npm run signatures -- name <id> <cause> [--confidence likely] [--note "Our proxy cuts the connection"]
npm run signatures -- name --error <name> [--message <signature>] [--code <code>] <cause> …
npm run signatures -- names                  what was named
npm run signatures -- forget <id>            name and forget keep who did it: --author "Kim", or the shell's user

list shows the errors that no rule knows, --all every error. A name counts in running collectors within seconds, and for what was
taken before after npm run reclassify. list, and a name by id, read the database: in the embedded form, stop Passlens first, or do
it on the Collector page.

Causes: ${FAILURE_CAUSES.join(', ')}
Confidence: ${CONFIDENCES.join(', ')}`;

await runCommand(async () => {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			...DATA_DIR,
			project: { type: 'string' },
			all: { type: 'boolean', default: false },
			json: { type: 'boolean', default: false },
			error: { type: 'string' },
			message: { type: 'string', default: '' },
			code: { type: 'string', default: '' },
			confidence: { type: 'string', default: 'likely' },
			note: { type: 'string', default: '' },
			author: { type: 'string', default: process.env.USER ?? '' },
			help: { type: 'boolean', short: 'h', default: false }
		}
	});
	const [command, ...rest] = positionals;
	const dataDir = values['data-dir'];
	if (values.help) return say(USAGE);
	if (command === 'list' && rest.length === 0) {
		const options = { projectId: values.project, all: values.all };
		const found = await withDatabase(dataDir, ({ client }) =>
			listSignatures({ client, ...options })
		);
		return say(values.json ? JSON.stringify(found) : describeList(found, values.all));
	}
	if (command === 'names' && rest.length === 0)
		return say(await withSettings(dataDir, describeNames));
	if (command === 'forget' && rest.length === 1)
		return say(
			await withSettings(dataDir, (settings) => forget(settings, rest[0]!, values.author))
		);
	const given = values.error !== undefined;
	if (command === 'name' && rest.length === (given ? 1 : 2)) {
		const cause = oneOf(FAILURE_CAUSES, 'A cause', rest.at(-1)!) satisfies FailureCause;
		const confidence = oneOf(CONFIDENCES, '--confidence', values.confidence) satisfies Confidence;
		const signature = given
			? { error_name: values.error!, error_signature: values.message, error_code: values.code }
			: await findSignature(dataDir, rest[0]!);
		const { note, author } = values;
		const name = { ...signature, cause, confidence, note, author };
		await withSettings(dataDir, (settings) => nameSignature(settings, name));
		return say(
			`${describeError(signature)} is ${cause} (${confidence}) from now on. npm run reclassify takes it to what was taken before.`
		);
	}
	throw new UsageError(USAGE);
});

function say(text: string): void {
	process.stdout.write(`${text}\n`);
}

async function findSignature(dataDir: string, id: string): Promise<Signature> {
	const found = await withDatabase(dataDir, ({ client }) => listSignatures({ client, all: true }));
	const signature = found.find((item) => item.id === id);
	if (!signature)
		throw new UsageError(`No error has the id ${id}: npm run signatures -- list --all shows all.`);
	const { error_name, error_signature, error_code } = signature;
	return { error_name, error_signature, error_code };
}

async function forget(settings: Settings, id: string, author: string): Promise<string> {
	const { names } = await readSignatureNames(settings);
	const name = names.find((item) => signatureId(item) === id);
	if (!name) throw new UsageError(`No named error has the id ${id}: npm run signatures -- names.`);
	await forgetSignature(settings, { ...name, author });
	return `${describeError(name)} has no name of yours any more.`;
}

async function describeNames(settings: Settings): Promise<string> {
	const { names } = await readSignatureNames(settings);
	if (names.length === 0) return 'No error was named yet.';
	return names
		.map((name) =>
			[
				`${signatureId(name)}  ${describeError(name)}`,
				`            ${name.cause} (${name.confidence})${name.note && `: ${name.note}`}`,
				`            by ${name.author || 'unknown'}, ${new Date(name.namedAt).toISOString().slice(0, 10)}`
			].join('\n')
		)
		.join('\n');
}

function describeList(found: ErrorSignature[], all: boolean): string {
	if (found.length === 0)
		return all ? 'No ceremony ended in an error yet.' : 'The rules know every error so far.';
	return found
		.map((item) =>
			[
				`${item.id}  ${describeError(item)}`,
				`            ${item.occurrences} ${item.occurrences === 1 ? 'ceremony' : 'ceremonies'}, ${item.first_seen} to ${item.last_seen}, ${item.clients.slice(0, 3).join(', ') || 'client unknown'}`,
				`            ${item.causes.join(', ')}`
			].join('\n')
		)
		.join('\n');
}

function describeError({ error_name, error_signature, error_code }: Signature): string {
	const name = error_code ? `${error_name} [${error_code}]` : error_name;
	return error_signature ? `${name}: ${error_signature}` : name;
}

function oneOf<Item extends string>(list: readonly Item[], what: string, text: string): Item {
	const found = list.find((item) => item === text);
	if (found) return found;
	throw new UsageError(`${what} is one of ${list.join(', ')}, not "${text}".`);
}
