import { z } from 'zod';
import { ALERT_CHANNEL_KINDS, MOST_CHANNELS } from '../alert-channels.ts';
import { DEMO_PROJECT } from '../demo-runs.ts';
import { OWN_PROJECT } from '../own-sign-ins.ts';
import { LEGACY_CLASSES } from '../legacy-rules.ts';
import { BUILT_IN_VERSIONS, SYSTEM_NAMES, type LegacySystem } from '../legacy-versions.ts';
import {
	aaguidField,
	environmentField,
	legacyVersionField,
	originField,
	privacyField,
	projectIdField,
	projectNameField,
	refreshHoursField,
	retentionField,
	rolledUpTagsField,
	tableSourceField,
	timeZoneField,
	traceServicesField,
	traceUrlField
} from '../fields.ts';
import { signInSchema } from './sign-in-schema.ts';
import { streamsSchema } from './configured-stream.ts';
import { variable } from './variable.ts';

/** Passlens makes and keeps these itself. */
export const OWN_PROJECTS = ['playground', DEMO_PROJECT, OWN_PROJECT];

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
		from_environment: variable('SHOP_SERVER_KEY')
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

const channelSchema = z
	.strictObject({
		name: z.string().describe('As people read it; a channel of this name is this one.'),
		kind: z.enum(ALERT_CHANNEL_KINDS).describe('How it is told.'),
		target: z
			.string()
			.optional()
			.describe('An e-mail address, else the address that is posted to.'),
		target_from_environment: variable('SHOP_SLACK_URL')
			.optional()
			.describe('The environment variable that holds the target: Slack’s address is a secret.'),
		secret_from_environment: variable('SHOP_PAGERDUTY_KEY')
			.optional()
			.describe(
				'The environment variable that holds what a webhook is signed with (whsec_…), which Passlens makes when this is left out, or the integration key of PagerDuty.'
			)
	})
	.superRefine((channel, context) => {
		const {
			kind,
			target,
			target_from_environment: from,
			secret_from_environment: secret
		} = channel;
		const issue = (name: string, message: string) =>
			context.addIssue({ code: 'custom', path: [name], message });
		if (target !== undefined && from !== undefined)
			issue('target', 'Give either "target" or "target_from_environment", not both.');
		else if (target === undefined && from === undefined && kind !== 'pagerduty')
			issue('target', 'Give "target", or "target_from_environment" where it is a secret.');
		if (secret !== undefined && (kind === 'email' || kind === 'slack'))
			issue('secret_from_environment', `A channel of kind "${kind}" has no secret.`);
		else if (secret === undefined && kind === 'pagerduty')
			issue('secret_from_environment', 'PagerDuty needs it: the integration key of the service.');
	});

const projectSchema = z.strictObject({
	id: projectIdField
		.refine((id) => !OWN_PROJECTS.includes(id), {
			error: ({ input }) => `"${String(input)}" is a project of Passlens's own: choose another id.`
		})
		.describe('Names the project in addresses, commands and tables, for good.'),
	name: projectNameField.optional().describe('As people read it; the id when left out.'),
	time_zone: timeZoneField
		.optional()
		.describe('IANA name, such as Europe/Berlin: figures are counted by the days there.'),
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
	privacy: privacyField
		.optional()
		.describe('What is kept of what is sent from now on; what is left out is kept.'),
	rolled_up_tags: rolledUpTagsField
		.optional()
		.describe('Up to three tags of events that figures by hour and day are told apart by.'),
	trace_url: traceUrlField
		.optional()
		.describe('Where a trace is looked at, with {trace_id} where its id belongs.'),
	trace_services: traceServicesField
		.optional()
		.describe(
			'Services (service.name) whose spans stand in the waterfall of a ceremony of the same trace.'
		),
	alert_channels: z
		.array(channelSchema)
		.max(MOST_CHANNELS, `A project has at most ${MOST_CHANNELS} channels.`)
		.optional()
		.describe('Every channel that alerts go to: those not listed are removed.')
});

const legacyClassSchema = z.strictObject({
	aaguid: aaguidField.describe('The model of authenticators.'),
	class: z
		.enum([...LEGACY_CLASSES, 'none'])
		.describe(
			'The class that its device-bound credentials belong to, which an upgrade would replace; none: they are kept on purpose.'
		)
});

const legacyVersion = (system: LegacySystem) =>
	legacyVersionField(system)
		.optional()
		.describe(`Of ${SYSTEM_NAMES[system]}; ${BUILT_IN_VERSIONS[system]} when left out.`);

const legacyVersionsSchema = z.strictObject({
	ios: legacyVersion('ios'),
	ipados: legacyVersion('ipados'),
	macos: legacyVersion('macos'),
	android: legacyVersion('android'),
	windows: legacyVersion('windows')
});

const source = (what: string) => tableSourceField.optional().describe(what);

const tablesSchema = z.strictObject({
	country: source('Path or address of a file in the MaxMind format: gives events a country.'),
	aaguids: source("Path or address of a list of providers in the community's format."),
	mds: source("Path or address of the FIDO Metadata Service's blob."),
	mds_root: z
		.string()
		.min(1, 'A path is expected.')
		.refine((path) => !/^https?:/i.test(path), {
			error: 'A path is expected: a root that came from an address would vouch for whoever sent it.'
		})
		.optional()
		.describe("Path of the PEM certificate that the blob's must lead to; FIDO's when left out."),
	refresh_hours: refreshHoursField
		.optional()
		.describe(
			'How often an address is asked again, in hours; 24 when left out. A file is read again when it changes.'
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
			.describe('What the collector knows beside the events. Paths begin at the file’s folder.'),
		streams: streamsSchema
			.optional()
			.describe(
				'Where security-relevant events go, as OCSF: those that a file set and that are not listed are removed.'
			),
		legacy_classes: z
			.array(legacyClassSchema)
			.optional()
			.describe(
				'Models whose device-bound credentials are legacy, or are not, whatever the built-in rules say.'
			),
		legacy_versions: legacyVersionsSchema
			.optional()
			.describe(
				'The last version of each system whose own device-bound credentials count as legacy; any: every version, none: not one.'
			),
		sign_in: signInSchema
			.optional()
			.describe('Lets people sign in to the dashboard through a company’s identity provider.')
	})
	.superRefine(refuseRepetition);

export type Configuration = z.output<typeof configurationSchema>;
export type ConfiguredProject = NonNullable<Configuration['projects']>[number];
export type ConfiguredSignIn = NonNullable<Configuration['sign_in']>;
export type ConfiguredKey = NonNullable<ConfiguredProject['keys']>[number];
export type ConfiguredChannel = NonNullable<ConfiguredProject['alert_channels']>[number];

/** One id, one project; one key, one holder; one name, one channel of a project. */
function refuseRepetition(
	{
		projects = [],
		legacy_classes: rules = [],
		streams = []
	}: {
		projects?: ConfiguredProject[] | undefined;
		legacy_classes?: { aaguid: string }[] | undefined;
		streams?: { name: string; kind: string; target?: string | undefined }[] | undefined;
	},
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
	rules.forEach(({ aaguid }, index) =>
		claim(`model ${aaguid}`, ['legacy_classes', index, 'aaguid'], 'model')
	);
	streams.forEach(({ name, kind, target }, index) => {
		claim(`stream ${name.trim()}`, ['streams', index, 'name'], 'name');
		if (kind === 'file' && target) claim(`file ${target}`, ['streams', index, 'target'], 'file');
	});
	projects.forEach(({ id, keys = [], alert_channels: channels = [] }, project) => {
		claim(`id ${id}`, ['projects', project, 'id'], 'id');
		channels.forEach(({ name }, index) =>
			claim(
				`channel ${id} ${name.trim()}`,
				['projects', project, 'alert_channels', index, 'name'],
				'name'
			)
		);
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
