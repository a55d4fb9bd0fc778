import { z } from 'zod';
import { SYSTEM_NAMES, type LegacySystem } from './legacy-versions.ts';
import { TABLE_VARIABLES, type TableName } from './table-names.ts';
import { findTimeZone } from './time-zones.ts';

/*
 * What a value of the settings may be, in words for whoever typed another. Page, commands and configuration file take the
 * same values, because all of them read these.
 */

const ID = /^[a-z0-9][a-z0-9-]{0,39}$/;
const ENVIRONMENT = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** Each tag multiplies the rollups' rows by the values it takes. */
const MOST_TAGS = 3;
/** The contract's longest name of a tag. */
const LONGEST_TAG = 40;
const LONGEST_NAME = 80;
const LONGEST_URL = 500;
const MOST_DAYS = 36_500;
const MOST_SERVICES = 20;
const LONGEST_SERVICE = 200;
const LATEST_VERSION = 999;
const LONGEST_SOURCE = 2_000;
const MOST_REFRESH_HOURS = 168;

/** Stands in a trace's address for its W3C trace id. */
export const TRACE_ID_MARK = '{trace_id}';

export const projectIdField = z.string().regex(ID, {
	error: ({ input }) =>
		`"${input}" cannot be a project id: use lower-case letters, digits and "-", at most 40.`
});

export const projectNameField = z
	.string()
	.trim()
	.min(1, 'Give the project a name.')
	.max(LONGEST_NAME, {
		error: ({ input }) =>
			`The name has ${String(input).length} characters; ${LONGEST_NAME} are kept.`
	});

/** As IANA spells it today, however it was typed. */
export const timeZoneField = z.string().transform((text, context) => {
	const zone = findTimeZone(text);
	if (zone !== undefined) return zone;
	context.addIssue(
		`"${text}" is no time zone: write its IANA name, such as Europe/Berlin or Asia/Kolkata, or UTC.`
	);
	return z.NEVER;
});

export const originField = z.string().transform((origin, context) => {
	const url = URL.parse(origin);
	if (url && url.origin !== 'null' && url.origin === origin.replace(/\/$/, '')) return url.origin;
	context.addIssue(
		`"${origin}" is not an origin: write scheme and host, such as https://example.com.`
	);
	return z.NEVER;
});

export const environmentField = z.string().regex(ENVIRONMENT, {
	error: ({ input }) =>
		`"${input}" cannot be an environment: use lower-case letters, digits, ".", "_" or "-", at most 64.`
});

const daysField = z
	.number({
		error: ({ input }) =>
			Number.isNaN(input)
				? `Retention is a whole number of days from 1 to ${MOST_DAYS}.`
				: undefined
	})
	.refine((days) => Number.isInteger(days) && days >= 1 && days <= MOST_DAYS, {
		error: ({ input }) =>
			`Retention is a whole number of days from 1 to ${MOST_DAYS}, not ${String(input)}.`
	});

/** What is left out is kept for ever. */
export const retentionField = z
	.strictObject({
		raw_days: daysField.optional().describe('Days that single events are kept.'),
		derived_days: daysField
			.optional()
			.describe(
				'Days that ceremonies, daily figures, and credentials and users not seen since are kept.'
			)
	})
	.refine(
		({ raw_days, derived_days }) =>
			derived_days === undefined || (raw_days !== undefined && raw_days <= derived_days),
		'Raw events cannot be kept longer than what is made from them: the tables would be remade from them.'
	);

const tagField = z
	.string()
	.refine((tag) => tag !== '' && tag.length <= LONGEST_TAG && !tag.includes('='), {
		error: ({ input }) =>
			`A tag's name has 1 to ${LONGEST_TAG} characters and no "=", unlike "${String(input)}".`
	});

/** What is left out is kept. */
export const privacyField = z.strictObject({
	country: z.boolean().optional().describe('The country that events came from.'),
	references: z
		.boolean()
		.optional()
		.describe(
			'Keyed hashes of users and credentials; false: events of nobody in particular, whatever a page consents to.'
		),
	tags: z
		.array(tagField)
		.optional()
		.describe('The only tags that are kept, by name; an empty list: none.'),
	consent_first: z
		.boolean()
		.optional()
		.describe(
			'Pages ask each visitor first: the code that Set up offers then sends nothing until they agreed.'
		)
});

export const rolledUpTagsField = z
	.array(tagField)
	.transform((tags) => [...new Set(tags)])
	.refine((tags) => tags.length <= MOST_TAGS, {
		error: ({ input }) =>
			`At most ${MOST_TAGS} tags can be rolled up, not ${(input as string[]).length}: each multiplies the rows by its values.`
	});

/** What an authenticator claims when it does not say which model it is. */
const ZERO_AAGUID = '00000000-0000-0000-0000-000000000000';

export const aaguidField = z
	.string()
	.toLowerCase()
	.refine((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) && id !== ZERO_AAGUID, {
		error: ({ input }) =>
			`"${String(input)}" names no model: an AAGUID is expected, such as 08987058-cadc-4b81-b6e1-30de50dcbe96.`
	});

/** Up to which version a system's own device-bound credentials are legacy. */
export const legacyVersionField = (system: LegacySystem) => {
	const error = ({ input }: { input?: unknown }) =>
		`"${String(input)}" is no version of ${SYSTEM_NAMES[system]}: write its major version as a whole number from 1 to ${LATEST_VERSION}, "any" or "none".`;
	const version = z.int({ error }).min(1, { error }).max(LATEST_VERSION, { error });
	return z.union([version, z.enum(['any', 'none'])], { error });
};

export const traceUrlField = z
	.string()
	.max(LONGEST_URL, `An address has at most ${LONGEST_URL} characters.`)
	.refine(isTraceUrl, {
		error: ({ input }) =>
			`"${String(input)}" leads to no trace: write an http or https address with ${TRACE_ID_MARK} where the id belongs, such as https://tempo.example.com/trace/${TRACE_ID_MARK}.`
	});

const traceServiceField = z
	.string()
	.trim()
	.refine((service) => service !== '' && service.length <= LONGEST_SERVICE, {
		error: ({ input }) =>
			`A service's name has 1 to ${LONGEST_SERVICE} characters, as OpenTelemetry's service.name says it, unlike "${String(input)}".`
	});

export const traceServicesField = z
	.array(traceServiceField)
	.transform((services) => [...new Set(services)])
	.refine((services) => services.length <= MOST_SERVICES, {
		error: ({ input }) =>
			`At most ${MOST_SERVICES} services can be named, not ${(input as string[]).length}.`
	});

/** Where the collector finds a table: a path, or an address that it asks. */
export const tableSourceField = z
	.string()
	.min(1, 'A path or an address is expected.')
	.max(LONGEST_SOURCE, `A path or an address has at most ${LONGEST_SOURCE} characters.`)
	.refine((source) => !SCHEME.test(source) || isTableAddress(source), {
		error: ({ input }) =>
			`"${String(input)}" cannot be asked for a table: an http or https address is expected, such as https://lists.example.com/table, or a path.`
	});

/** The same from somebody at the page, who must not choose which of its machine's files a collector reads. */
export const tableAddressField = (name: TableName) =>
	z
		.string()
		.trim()
		.max(LONGEST_SOURCE, `An address has at most ${LONGEST_SOURCE} characters.`)
		.refine(isTableAddress, {
			error: ({ input }) =>
				`"${String(input)}" is no http or https address. A path is named where the collector starts, as tables.${name} of the configuration file or by ${TABLE_VARIABLES[name]}: at the page it would let people have any file of that machine read.`
		});

const noHours = ({ input }: { input?: unknown }) =>
	`Hours from 1 to ${MOST_REFRESH_HOURS} are expected, not ${String(input)}: a list does not change by the minute.`;

export const refreshHoursField = z
	.number({ error: noHours })
	.min(1, { error: noHours })
	.max(MOST_REFRESH_HOURS, { error: noHours });

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

const isTableAddress = (source: string) => /^https?:\/\/[^/]/i.test(source) && URL.canParse(source);

/** The id may stand behind the host alone: what a sender wrote must not choose where a link leads. */
function isTraceUrl(text: string): boolean {
	const url = URL.parse(text);
	if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return false;
	return text.includes(TRACE_ID_MARK) && !/^https?:\/\/[^/?#]*[{}]/i.test(text);
}
