import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emitConfigurationSchema } from './emit-schema.ts';
import { ConfigurationError, findConfiguration, readConfiguration } from './read-configuration.ts';
import { makeDataDir } from '../testing/make-data-dir.ts';
import { readText, WHOLE, SERVER_KEY } from '../testing/whole-configuration.ts';

let directory: string;
beforeEach(async () => {
	directory = await makeDataDir();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const read = (text: string, options: { name?: string; env?: NodeJS.ProcessEnv } = {}) =>
	readText(text, { directory, ...options });

const project = (more: string) => `projects:\n  - id: shop\n    ${more}\n`;
const key = (more: string) => project(`keys: [{ ${more} }]`);
const provider = (more: string) =>
	`sign_in:\n  { name: Acme, issuer: 'https://login.acme.example', client_id: passlens, ${more} }\n`;
const channel = (more: string) => project(`alert_channels: [{ ${more} }]`);

describe('a mistake names its line, its path and the fix', () => {
	test.each<[what: string, text: string, message: string]>([
		[
			'an unknown name',
			project('orgins: [https://shop.example]'),
			'passlens.config.yaml:3:5  projects[0].orgins: There is no such setting. Known here: id, name, time_zone, origins, keys, retention, privacy, rolled_up_tags, trace_url, trace_services, alert_channels.'
		],
		[
			'an unknown name at the top',
			'project: []\n',
			'passlens.config.yaml:1:1  project: There is no such setting. Known here: $schema, projects, tables, streams, legacy_classes, legacy_versions, sign_in.'
		],
		[
			'a provider that is not https',
			provider('roles: [{ group: a, role: admin }]').replace('https://login', 'http://login'),
			'passlens.config.yaml:2:25  sign_in.issuer: "http://login.acme.example" cannot be an issuer: an https address is expected, such as https://login.example.com (http at this machine alone), without "?" and "#".'
		],
		[
			'a provider that lets in nobody',
			provider('scopes: [groups]'),
			'sign_in.roles: Nobody could get in: list the groups that give a role, or write "without_group: invited".'
		],
		[
			'a provider with its secret twice',
			provider(
				'roles: [{ group: a, role: admin }], client_secret_file: a, client_secret_from_environment: A'
			),
			'sign_in.client_secret_file: Give either "client_secret_from_environment" or "client_secret_file", not both.'
		],
		[
			'a secret of a provider in the file',
			provider('roles: [{ group: a, role: admin }], client_secret: s3cret'),
			'sign_in.client_secret: There is no such setting.'
		],
		[
			'a group with a role that there is not',
			provider('roles: [{ group: a, role: owner }]'),
			'sign_in.roles[0].role: One of "viewer", "analyst", "engineer", "auditor", "admin" is expected.'
		],
		[
			'a project without an id',
			'projects:\n  - name: Shop\n',
			'passlens.config.yaml:2:5  projects[0].id: This is missing, and needed.'
		],
		[
			'an id that is no slug',
			'projects:\n  - id: My Shop\n',
			'passlens.config.yaml:2:9  projects[0].id: "My Shop" cannot be a project id: use lower-case letters, digits and "-", at most 40.'
		],
		[
			'an id that is a number',
			'projects:\n  - id: 7\n',
			'passlens.config.yaml:2:9  projects[0].id: Text is expected. Put it in quotes: "7".'
		],
		[
			'the id of a project of its own',
			'projects:\n  - id: playground\n',
			`passlens.config.yaml:2:9  projects[0].id: "playground" is a project of Passlens's own: choose another id.`
		],
		[
			'one id twice',
			'projects:\n  - id: shop\n  - id: shop\n',
			'passlens.config.yaml:3:9  projects[1].id: This id stands at projects[0].id already: each belongs to one.'
		],
		[
			'an empty name',
			project("name: ' '"),
			'passlens.config.yaml:3:11  projects[0].name: Give the project a name.'
		],
		[
			'a name with no value',
			project('name:'),
			'projects[0].name: Text is expected, and nothing stands there: remove the name, or give a value.'
		],
		[
			'an origin without its scheme',
			project('origins: [https://shop.example, shop.example]'),
			'passlens.config.yaml:3:37  projects[0].origins[1]: "shop.example" is not an origin: write scheme and host, such as https://example.com.'
		],
		[
			'an origin with a path',
			project('origins: [https://shop.example/sign-in]'),
			'projects[0].origins[0]: "https://shop.example/sign-in" is not an origin: write scheme and host, such as https://example.com.'
		],
		[
			'one origin where a list belongs',
			project('origins: https://shop.example'),
			'passlens.config.yaml:3:14  projects[0].origins: A list is expected.'
		],
		[
			'no key in a list of keys',
			project('keys: []'),
			'projects[0].keys: Without a key nobody can send: list one, or leave "keys" out.'
		],
		[
			'a kind of key that there is not',
			key('kind: admin, key: pk_12345678'),
			'passlens.config.yaml:3:20  projects[0].keys[0].kind: One of "ingest", "server" is expected.'
		],
		[
			'a secret in the file',
			key(`kind: server, key: ${SERVER_KEY}`),
			'projects[0].keys[0].key: A server key is secret and has no place in a file: give its SHA-256 ("npm run configure -- hash" makes it) or the variable that holds it.'
		],
		[
			'a public key that is none',
			key('kind: ingest, key: shop'),
			'projects[0].keys[0].key: "pk_" and 8 to 100 letters, digits, "_" or "-" are expected. "npm run configure -- new-key" makes one.'
		],
		[
			'a public key for servers',
			key('kind: server, key: pk_12345678'),
			'projects[0].keys[0].key: A key of kind "server" has no "key": give "sha256" or "from_environment".'
		],
		[
			'a hash that is none',
			key('kind: server, sha256: abc'),
			'projects[0].keys[0].sha256: 64 lower-case hexadecimal digits are expected: "npm run configure -- hash" makes them of a server key.'
		],
		[
			'a key without a key',
			key('kind: ingest'),
			'passlens.config.yaml:3:12  projects[0].keys[0]: Give either "key" or "from_environment".'
		],
		[
			'a key given twice over',
			key('kind: ingest, key: pk_12345678, from_environment: KEY'),
			'projects[0].keys[0]: Give either "key" or "from_environment", not both.'
		],
		[
			'a variable with an odd name',
			key('kind: server, from_environment: shop-key'),
			'projects[0].keys[0].from_environment: The name of an environment variable is expected, such as SHOP_SERVER_KEY.'
		],
		[
			'a variable that is not set',
			key('kind: server, from_environment: NOT_SET'),
			'passlens.config.yaml:3:46  projects[0].keys[0].from_environment: The environment has no NOT_SET: set it where Passlens starts.'
		],
		[
			'a variable that holds something else',
			key('kind: ingest, from_environment: SHOP_SERVER_KEY'),
			'projects[0].keys[0].from_environment: The variable SHOP_SERVER_KEY holds no ingest key: "pk_" and 8 to 100 letters, digits, "_" or "-" are expected.'
		],
		[
			'one key for two projects',
			`${key('kind: ingest, key: pk_12345678')}  - id: app\n    keys: [{ kind: ingest, key: pk_12345678 }]\n`,
			'passlens.config.yaml:5:33  projects[1].keys[0].key: This key stands at projects[0].keys[0].key already: each belongs to one.'
		],
		[
			'an environment that is no slug',
			key('kind: ingest, key: pk_12345678, environment: Pre Prod'),
			'projects[0].keys[0].environment: "Pre Prod" cannot be an environment: use lower-case letters, digits, ".", "_" or "-", at most 64.'
		],
		[
			'a moment without a zone',
			key('kind: ingest, key: pk_12345678, taken_until: 2026-12-31'),
			'projects[0].keys[0].taken_until: A moment with its zone is expected, such as 2026-12-31T00:00:00Z.'
		],
		[
			'half a day of retention',
			project('retention: { raw_days: 0.5 }'),
			'passlens.config.yaml:3:28  projects[0].retention.raw_days: Retention is a whole number of days from 1 to 36500, not 0.5.'
		],
		[
			'retention in words',
			project('retention: { raw_days: forever }'),
			'projects[0].retention.raw_days: A number is expected.'
		],
		[
			'what is made kept shorter than what it is made from',
			project('retention: { raw_days: 90, derived_days: 30 }'),
			'projects[0].retention: Raw events cannot be kept longer than what is made from them: the tables would be remade from them.'
		],
		[
			'privacy in words',
			project('privacy: { country: none }'),
			'passlens.config.yaml:3:25  projects[0].privacy.country: true or false is expected.'
		],
		[
			'one tag to keep where a list belongs',
			project('privacy: { tags: plan }'),
			'projects[0].privacy.tags: A list is expected.'
		],
		[
			'a tag to keep that is none',
			project("privacy: { tags: [''] }"),
			`projects[0].privacy.tags[0]: A tag's name has 1 to 40 characters and no "=", unlike "".`
		],
		[
			'a channel of a kind that there is not',
			channel('name: Birds, kind: pigeon, target: roof'),
			'projects[0].alert_channels[0].kind: One of "email", "webhook", "slack", "pagerduty" is expected.'
		],
		[
			'a channel that leads nowhere',
			channel('name: Chat, kind: slack'),
			'projects[0].alert_channels[0].target: Give "target", or "target_from_environment" where it is a secret.'
		],
		[
			'a channel that leads to two places',
			channel('name: Chat, kind: slack, target: https://a.example, target_from_environment: A'),
			'projects[0].alert_channels[0].target: Give either "target" or "target_from_environment", not both.'
		],
		[
			'a channel whose variable is not set',
			channel('name: Chat, kind: slack, target_from_environment: NOT_SET'),
			'passlens.config.yaml:3:74  projects[0].alert_channels[0].target_from_environment: The environment has no NOT_SET: set it where Passlens starts.'
		],
		[
			'a variable that holds no address',
			channel('name: Chat, kind: slack, target_from_environment: SHOP_SERVER_KEY'),
			'projects[0].alert_channels[0].target_from_environment: Give the address to post to, beginning with https://.'
		],
		[
			'an address that is none',
			channel('name: Post, kind: email, target: oncall'),
			'passlens.config.yaml:3:57  projects[0].alert_channels[0].target: Give one e-mail address, such as oncall@example.com.'
		],
		[
			'PagerDuty without its key',
			channel('name: Pager, kind: pagerduty'),
			'projects[0].alert_channels[0].secret_from_environment: PagerDuty needs it: the integration key of the service.'
		],
		[
			'a secret to sign with that is none',
			channel(
				'name: Own, kind: webhook, target: https://a.example, secret_from_environment: SHOP_SERVER_KEY'
			),
			'projects[0].alert_channels[0].secret_from_environment: A secret to sign with is "whsec_" and base64 of 24 to 64 bytes.'
		],
		[
			'a secret of what has none',
			channel('name: Post, kind: email, target: a@b.example, secret_from_environment: A'),
			'projects[0].alert_channels[0].secret_from_environment: A channel of kind "email" has no secret.'
		],
		[
			'a secret in the file itself',
			channel('name: Pager, kind: pagerduty, secret: R0123456789'),
			'projects[0].alert_channels[0].secret: There is no such setting. Known here: name, kind, target, target_from_environment, secret_from_environment.'
		],
		[
			'a channel without a name',
			channel("name: ' ', kind: email, target: a@b.example"),
			'projects[0].alert_channels[0].name: Give it a name of 1 to 60 characters.'
		],
		[
			'a stream to nowhere',
			'streams: [{ name: A, kind: file, topics: [credentials] }]',
			'streams[0].target: Give either "target" or "target_from_environment".'
		],
		[
			'a stream of an address that the environment lacks',
			'streams: [{ name: A, kind: otlp, target_from_environment: NOT_SET, topics: [credentials] }]',
			'streams[0].target_from_environment: The environment has no NOT_SET: set it where Passlens starts.'
		],
		[
			'a stream outside its directory',
			'streams: [{ name: A, kind: file, target: ../a, topics: [credentials] }]',
			'streams[0].target: Give a file name of small letters, digits, "-" and "_", without ending.'
		],
		[
			'two streams into one file',
			'streams: [{ name: A, kind: file, target: a, topics: [credentials] }, { name: B, kind: file, target: a, topics: [credentials] }]',
			'streams[1].target: This file stands at streams[0].target already: each belongs to one.'
		],
		[
			'two channels of one name',
			project(
				'alert_channels: [{ name: A, kind: email, target: a@b.example }, { name: A, kind: email, target: c@b.example }]'
			),
			'projects[0].alert_channels[1].name: This name stands at projects[0].alert_channels[0].name already: each belongs to one.'
		],
		[
			'a table asked for every minute',
			'tables: { refresh_hours: 0.01 }\n',
			'passlens.config.yaml:1:26  tables.refresh_hours: Hours from 1 to 168 are expected, not 0.01: a list does not change by the minute.'
		],
		[
			'a model that is none',
			'legacy_classes: [{ aaguid: Windows Hello, class: none }]\n',
			'passlens.config.yaml:1:28  legacy_classes[0].aaguid: "windows hello" names no model: an AAGUID is expected, such as 08987058-cadc-4b81-b6e1-30de50dcbe96.'
		],
		[
			'the model that stands for none',
			'legacy_classes: [{ aaguid: 00000000-0000-0000-0000-000000000000, class: none }]\n',
			'legacy_classes[0].aaguid: "00000000-0000-0000-0000-000000000000" names no model'
		],
		[
			'a version that is none',
			'legacy_versions: { ios: fifteen }\n',
			'legacy_versions.ios: "fifteen" is no version of iOS: write its major version as a whole number from 1 to 999, "any" or "none".'
		],
		[
			'a legacy class that there is not',
			'legacy_classes: [{ aaguid: 08987058-cadc-4b81-b6e1-30de50dcbe96, class: old }]\n',
			'legacy_classes[0].class: One of "apple_platform", "android_platform", "chrome_mac_profile", "windows_hello", "u2f_key", "other_platform", "none" is expected.'
		],
		[
			'one model twice',
			'legacy_classes: [{ aaguid: 08987058-cadc-4b81-b6e1-30de50dcbe96, class: none }, { aaguid: 08987058-CADC-4b81-b6e1-30de50dcbe96, class: none }]\n',
			'legacy_classes[1].aaguid: This model stands at legacy_classes[0].aaguid already: each belongs to one.'
		],
		[
			'a time zone that is none',
			project('time_zone: Bombay'),
			'projects[0].time_zone: "Bombay" is no time zone: write its IANA name, such as Europe/Berlin or Asia/Kolkata, or UTC.'
		],
		[
			'too many tags',
			project('rolled_up_tags: [a, b, c, d]'),
			'projects[0].rolled_up_tags: At most 3 tags can be rolled up, not 4: each multiplies the rows by its values.'
		],
		[
			'a tag that is none',
			project('rolled_up_tags: [a=b]'),
			`projects[0].rolled_up_tags[0]: A tag's name has 1 to 40 characters and no "=", unlike "a=b".`
		],
		[
			'a link to traces without the id',
			project('trace_url: https://tempo.example/'),
			'projects[0].trace_url: "https://tempo.example/" leads to no trace: write an http or https address with {trace_id} where the id belongs, such as https://tempo.example.com/trace/{trace_id}.'
		],
		[
			'a link to traces whose host the id would choose',
			project('trace_url: "https://{trace_id}.example/"'),
			'projects[0].trace_url: "https://{trace_id}.example/" leads to no trace'
		],
		[
			'a link to traces that is a script',
			project('trace_url: "javascript:alert({trace_id})"'),
			'projects[0].trace_url: "javascript:alert({trace_id})" leads to no trace'
		],
		[
			'a service without a name',
			project('trace_services: [" "]'),
			'projects[0].trace_services[0]: A service\'s name has 1 to 200 characters, as OpenTelemetry\'s service.name says it, unlike "".'
		],
		[
			'an unknown table',
			'tables: { fido: x }\n',
			'passlens.config.yaml:1:11  tables.fido: There is no such setting. Known here: country, aaguids, mds, mds_root, refresh_hours, allow_private.'
		],
		[
			'a table from nowhere',
			"tables: { mds: '' }\n",
			'passlens.config.yaml:1:16  tables.mds: A path or an address is expected.'
		],
		[
			'a table by a scheme that nobody asks',
			'tables: { aaguids: ftp://lists.example/aaguids.json }\n',
			'tables.aaguids: "ftp://lists.example/aaguids.json" cannot be asked for a table: an http or https address is expected, such as https://lists.example.com/table, or a path.'
		],
		[
			'an address without a host',
			"tables: { mds: 'https://' }\n",
			'tables.mds: "https://" cannot be asked for a table: an http or https address is expected'
		],
		[
			'a root that would come from an address',
			'tables: { mds_root: https://mds.example/root.pem }\n',
			'tables.mds_root: A path is expected: a root that came from an address would vouch for whoever sent it.'
		],
		[
			'text where yes or no belongs',
			'tables: { allow_private: "yes" }\n',
			'tables.allow_private: true or false is expected.'
		],
		[
			'a list at the top',
			'- projects\n',
			'passlens.config.yaml:1:1  A group of settings is expected.'
		],
		[
			'what is no YAML',
			'projects:\n  - id: "shop\n',
			'passlens.config.yaml:3:1  This is neither JSON nor YAML: Missing closing "quote.'
		],
		[
			'a name twice',
			'tables: { mds: a, mds: b }\n',
			'passlens.config.yaml:1:19  This is neither JSON nor YAML: Map keys must be unique.'
		]
	])('%s', async (_, text, message) => {
		const error = await read(text).catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(ConfigurationError);
		expect((error as ConfigurationError).message).toContain(message);
	});

	test('all of them at once, in JSON too', async () => {
		const text = JSON.stringify({ projects: [{ id: 'A', origins: ['b'] }], c: 1 }, null, 2);
		const error = (await read(text, { name: 'passlens.config.json' }).catch(
			(thrown: unknown) => thrown
		)) as ConfigurationError;
		expect(error.message.split('\n').map((line) => line.split('  ')[0])).toEqual([
			'passlens.config.json:4:13',
			'passlens.config.json:6:9',
			'passlens.config.json:10:3'
		]);
		expect(error.mistakes.map(({ path }) => path)).toEqual([
			'projects[0].id',
			'projects[0].origins[0]',
			'c'
		]);
	});

	test('a file that is not there', () => {
		expect(() => readConfiguration({ path: '/nowhere/passlens.yaml' })).toThrow(
			'/nowhere/passlens.yaml  There is no such file: --config and PASSLENS_CONFIG name one that is there.'
		);
	});

	test('two files of the usual names', async () => {
		for (const name of ['passlens.config.json', 'passlens.config.yaml'])
			await writeFile(join(directory, name), '{}');
		expect(() => findConfiguration({ env: {}, directory })).toThrow(
			'passlens.config.json, passlens.config.yaml  Only one can be meant: remove the others, or name it with --config.'
		);
	});
});

test('the file is found by flag, by variable and by its usual name, in that order', async () => {
	const find = (named: string | undefined, env: NodeJS.ProcessEnv) =>
		findConfiguration({ named, env, directory });
	expect(find(undefined, {})).toBeUndefined();
	await writeFile(join(directory, 'passlens.config.yml'), '');
	expect(find(undefined, {})).toBe(join(directory, 'passlens.config.yml'));
	expect(find(undefined, { PASSLENS_CONFIG: 'a.yaml' })).toBe(join(directory, 'a.yaml'));
	expect(find('b.json', { PASSLENS_CONFIG: 'a.yaml' })).toBe(join(directory, 'b.json'));
});

test('an empty file is a file, and sets nothing', async () => {
	expect(await read('')).toMatchObject({ projects: [], tables: {} });
});

test('the schema in the repository is the one that is read by, and takes the whole file', async () => {
	const file = join(import.meta.dirname, 'configuration.schema.json');
	const text = readFileSync(file, 'utf8');
	expect(text).toBe(emitConfigurationSchema());
	const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(text));
	const { parse } = await import('yaml');
	expect(validate(parse(WHOLE))).toBe(true);
	expect(validate({ projects: [{ id: 'A B' }] })).toBe(false);
});
