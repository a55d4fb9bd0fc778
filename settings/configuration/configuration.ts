import { z } from 'zod';
import { DEMO_PROJECT } from '../demo-runs.ts';
import {
	environmentField,
	originField,
	projectIdField,
	projectNameField,
	retentionField,
	rolledUpTagsField,
	traceUrlField
} from '../fields.ts';

/** Passlens makes and keeps these itself. */
export const OWN_PROJECTS = ['playground', DEMO_PROJECT];

const keySchema = z
	.strictObject({
		kind: z
			.enum(['ingest', 'server'])
			.describe('ingest: public, for pages and apps. server: secret, for verdicts.'),
		key: z
			.string()
			.regex(/^pk_[\w-]{8,100}$/, {
				error: ({ input }) =>
					String(input).startsWith('sk_')
						? 'A server key is secret and has no place in a file: give its SHA-256 ("npm run configure -- hash" makes it) or the variable that holds it.'
						: '"pk_" and 8 to 100 letters, digits, "_" or "-" are expected. "npm run configure -- new-key" makes one.'
			})
			.optional()
			.describe('A public key as it is.'),
		sha256: z
			.string()
			.regex(
				/^[0-9a-f]{64}$/,
				'64 lower-case hexadecimal digits are expected: "npm run configure -- hash" makes them of a server key.'
			)
			.optional()
			.describe('The SHA-256 of a server key, in lower-case hexadecimal.'),
		from_environment: z
			.string()
			.regex(
				/^[A-Z_][A-Z0-9_]*$/,
				'The name of an environment variable is expected, such as SHOP_SERVER_KEY.'
			)
			.optional()
			.describe('The environment variable that holds the key when Passlens starts.'),
		environment: environmentField
			.optional()
			.describe('The only environment the key may write to; left out: any.'),
		taken_until: z.iso
			.datetime({
				offset: true,
				error: 'A moment with its zone is expected, such as 2026-12-31T00:00:00Z.'
			})
			.optional()
			.describe('When the key ends, for a rotation: list the new one beside it.')
	})
	.superRefine((key, context) => {
		const plain = key.kind === 'ingest' ? 'key' : 'sha256';
		const wrong = key.kind === 'ingest' ? 'sha256' : 'key';
		if (key[wrong] !== undefined)
			context.addIssue({
				code: 'custom',
				path: [wrong],
				message: `A key of kind "${key.kind}" has no "${wrong}": give "${plain}" or "from_environment".`
			});
		else if ((key[plain] === undefined) === (key.from_environment === undefined))
			context.addIssue(
				`Give either "${plain}" or "from_environment"${key[plain] === undefined ? '' : ', not both'}.`
			);
	});

const projectSchema = z.strictObject({
	id: projectIdField
		.refine((id) => !OWN_PROJECTS.includes(id), {
			error: ({ input }) => `"${String(input)}" is a project of Passlens's own: choose another id.`
		})
		.describe('Names the project in addresses, commands and tables, for good.'),
	name: projectNameField.optional().describe('As people read it; the id when left out.'),
	origins: z
		.array(originField)
		.optional()
		.describe('Every origin that browsers may send from, such as https://example.com.'),
	keys: z
		.array(keySchema)
		.min(1, 'Without a key nobody can send: list one, or leave "keys" out.')
		.optional()
		.describe('Every key of the project: those not listed are revoked.'),
	retention: retentionField
		.optional()
		.describe('How long rows are kept; what is left out, for ever.'),
	rolled_up_tags: rolledUpTagsField
		.optional()
		.describe('Up to three tags of events that figures by hour and day are told apart by.'),
	trace_url: traceUrlField
		.optional()
		.describe('Where a trace is looked at, with {trace_id} where its id belongs.')
});

const source = (what: string) =>
	z.string().min(1, 'A path or an address is expected.').optional().describe(what);

const tablesSchema = z.strictObject({
	country: source('Path of a file in the MaxMind format: gives events a country.'),
	aaguids: source("Path or address of a list of providers in the community's format."),
	mds: source("Path or address of the FIDO Metadata Service's blob."),
	mds_root: source(
		"Path of the PEM certificate that the blob's must lead to; FIDO's when left out."
	),
	allow_private: z.boolean().optional().describe('Lets those addresses lead to private networks.')
});

/**
 * What a configuration file may say. A project it names is made and kept as it says; what it leaves out of a project is edited
 * in the page. Projects it does not name stay as they are.
 */
export const configurationSchema = z
	.strictObject({
		$schema: z.string().optional().describe('Where an editor finds this schema.'),
		projects: z.array(projectSchema).optional(),
		tables: tablesSchema
			.optional()
			.describe('What the collector knows beside the events. Paths begin at the file’s folder.')
	})
	.superRefine(refuseRepetition);

export type Configuration = z.output<typeof configurationSchema>;
export type ConfiguredProject = NonNullable<Configuration['projects']>[number];
export type ConfiguredKey = NonNullable<ConfiguredProject['keys']>[number];

/** One id, one project; one key, one holder. */
function refuseRepetition(
	{ projects = [] }: { projects?: ConfiguredProject[] | undefined },
	context: z.core.$RefinementCtx
): void {
	const seen = new Map<string, string>();
	const claim = (value: string, path: (string | number)[], what: string) => {
		const before = seen.get(value);
		if (before === undefined) return void seen.set(value, writePath(path));
		context.addIssue({
			code: 'custom',
			path,
			input: value,
			message: `This ${what} stands at ${before} already: each belongs to one.`
		});
	};
	projects.forEach(({ id, keys = [] }, project) => {
		claim(`id ${id}`, ['projects', project, 'id'], 'id');
		keys.forEach((key, index) => {
			for (const field of ['key', 'sha256', 'from_environment'] as const)
				if (key[field] !== undefined)
					claim(key[field], ['projects', project, 'keys', index, field], 'key');
		});
	});
}

/** `projects[0].keys[1].environment` */
export function writePath(path: readonly PropertyKey[]): string {
	return path.reduce<string>((text, step) => {
		if (typeof step === 'number') return `${text}[${step}]`;
		return text === '' ? String(step) : `${text}.${String(step)}`;
	}, '');
}
