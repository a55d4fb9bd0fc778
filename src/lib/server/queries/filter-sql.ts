import { z } from 'zod';
import { UTC } from '../../zone/local-day.ts';
import { leftOut, type DayRange, type Filters } from '../../filters.ts';

/** What every query about a period takes. */
export const filterParameters = z.object({
	project: z.string(),
	/** The project's time zone: `from` and `to` are days of it. */
	zone: z.string().default(UTC),
	from: z.iso.date(),
	to: z.iso.date(),
	ecosystem: z.string(),
	platform: z.string(),
	application: z.string(),
	browser: z.string().default(''),
	environment: z.string().default(''),
	release: z.string().default(''),
	country: z.string().default(''),
	/** `name=value`. */
	tagged: z.string().default(''),
	/** `unknown`: without a known one. Of passkeys alone. */
	provider: z.string().default(''),
	without_synthetic: z.boolean().default(false),
	without_tests: z.boolean().default(false)
});

export type FilterParameters = z.input<typeof filterParameters>;

/** The filters as bound parameters, for the period itself or for the days it is compared with. */
export function toParameters(filters: Filters, range: DayRange = filters): FilterParameters {
	const { project, zone, ecosystem, platform, browser, application, environment } = filters;
	const { release, country, tagged, provider } = filters;
	const { synthetic, tests } = leftOut(filters);
	return {
		project,
		zone,
		from: range.from,
		to: range.to,
		ecosystem,
		platform,
		browser,
		application,
		environment,
		release,
		country,
		tagged,
		provider,
		without_synthetic: synthetic,
		without_tests: tests
	};
}

/** Leaves out what is simulated where the reader asks for that; every table has the column. */
export const COUNTED = `NOT ({without_synthetic: Bool} AND synthetic)`;

/** Leaves out virtual authenticators likewise: on credential_rows_v1, and on rollups and passkey_acts_v1, where a ceremony's passkey has been looked up. */
export const REAL = `NOT ({without_tests: Bool} AND test_authenticator)`;

/** The same on the rollups of activity: what somebody did with a virtual authenticator goes, that they were there stays. */
export const REAL_ACTIVITY = `(activity = 'seen' OR ${REAL})`;

/** The same on ceremonies_v1: a sign-in tells no AAGUID, so what its passkey is stands in the ledger. Nothing is read there unless asked. */
export const REAL_CEREMONY = `NOT ({without_tests: Bool} AND (test_authenticator OR credential_hash IN (
		SELECT credential_hash FROM credentials_state_v2
		WHERE project_id = {project: String} AND {without_tests: Bool} AND test_authenticator)))`;

/** That what is counted has the tag that the filters name: of the rollups, which keep the chosen ones as `name=value`. */
const TAGGED = `({tagged: String} = '' OR has(tags, {tagged: String}))`;

/** The same of the views of ceremonies, prompts, sessions and sign-ins, which keep all of them by name. A name has no "=", a value may. */
const TAGGED_THEN = `({tagged: String} = '' OR
		tags[substring({tagged: String}, 1, position({tagged: String}, '=') - 1)] = substring({tagged: String}, position({tagged: String}, '=') + 1))`;

const OF_DEVICE = `({platform: String} = '' OR os_name = {platform: String})
	AND ({browser: String} = '' OR browser_name = {browser: String})
	AND ({application: String} = '' OR application = {application: String})
	AND ({environment: String} = '' OR environment = {environment: String})
	AND ({release: String} = '' OR release = {release: String})
	AND ({country: String} = '' OR country = {country: String})`;

/** What the filters ask of the client but for its ecosystem, of the rollups; and of those views. */
export const MATCHES_DEVICE = `${OF_DEVICE}
	AND ${TAGGED}`;
export const MATCHES_DEVICE_THEN = `${OF_DEVICE}
	AND ${TAGGED_THEN}`;

const OF_CLIENT = `${COUNTED}
	AND ({ecosystem: String} = '' OR client_ecosystem = {ecosystem: String})`;

/** What the filters ask of the client, and of whom it is, of the rollups; and of those views. */
export const MATCHES_CLIENT = `${OF_CLIENT}
	AND ${MATCHES_DEVICE}`;
export const MATCHES_CLIENT_THEN = `${OF_CLIENT}
	AND ${MATCHES_DEVICE_THEN}`;

// The day of a moment by the project's clock is `toDate(…, {zone: String})` everywhere; without the zone it would be the UTC day.

/** The first moment of the day that a parameter or an expression of days names, by the project's clock. */
export const startOfDay = (day: string) => `toDateTime(${day}, {zone: String})`;

/** The first and the last of the UTC days that local days reach into: what lies in the order of UTC days is pruned by these. */
export const firstUtcDay = (day: string) => `toDate(${startOfDay(day)}, 'UTC')`;
export const lastUtcDay = (day: string) => `toDate(${startOfDay(`addDays(${day}, 1)`)} - 1, 'UTC')`;

/**
 * That something happened on the days of a range, for the views that keep moments and the UTC `day` of them: ceremonies_v1, prompts_v1,
 * sessions_v1, signins_v1. By the UTC days around, whose rows alone are read, and by the exact moments.
 */
export const happenedWithin = (first: string, last: string) =>
	`(day BETWEEN ${firstUtcDay(first)} AND ${lastUtcDay(last)}
		AND occurred_at >= ${startOfDay(first)} AND occurred_at < ${startOfDay(`addDays(${last}, 1)`)})`;

/** The same of the whole period. */
export const HAPPENED_IN_PERIOD = happenedWithin('{from: Date}', '{to: Date}');

/**
 * Conditions for tables with project_id, client_ecosystem, os_name, application, environment, country, tags and synthetic. WHERE_CLIENT is for the rollups,
 * passkey_acts_v1 and user_days_v1 among them, whose `day` is the project's own; WHERE_CLIENT_THEN for ceremonies_v1, prompts_v1, sessions_v1 and
 * signins_v1. Ceremonies and rollups want REAL_CEREMONY or REAL as well. Constant text: values are bound.
 */
export const WHERE_CLIENT = `project_id = {project: String}
	AND day BETWEEN {from: Date} AND {to: Date}
	AND ${MATCHES_CLIENT}`;

export const WHERE_CLIENT_THEN = `project_id = {project: String}
	AND ${HAPPENED_IN_PERIOD}
	AND ${MATCHES_CLIENT_THEN}`;

/** What the filters ask of a passkey's acts: its ledger keeps the rest. One act that has all of it is enough. */
export const MATCHES_ACT = `({browser: String} = '' OR browser_name = {browser: String})
			AND ({environment: String} = '' OR environment = {environment: String})
			AND ({release: String} = '' OR release = {release: String})
			AND ({country: String} = '' OR country = {country: String})
			AND ${TAGGED}`;

/** Whether they ask any of it. */
export const ASKS_OF_ACTS = `{browser: String} != '' OR {environment: String} != '' OR {release: String} != '' OR {country: String} != ''
	OR {tagged: String} != ''`;

/** That a passkey is of the provider that the filters name, on credential_rows_v1. */
const OF_PROVIDER = `({provider: String} = '' OR if(provider = '', 'unknown', provider) = {provider: String})`;

/**
 * Conditions for credential_rows_v1, as of the period's last day: the ecosystem is the passkey's, and so is the provider; platform, browser, environment, release,
 * country and tag are any it was registered or used on or in.
 */
export const WHERE_CREDENTIAL = `project_id = {project: String} AND ${COUNTED} AND ${REAL}
	AND toDate(first_seen_at, {zone: String}) <= {to: Date}
	AND ({ecosystem: String} = '' OR credential_ecosystem = {ecosystem: String})
	AND ${OF_PROVIDER}
	AND ({platform: String} = '' OR has(used_on_os, {platform: String}))
	AND ({application: String} = '' OR application = {application: String})
	AND (NOT (${ASKS_OF_ACTS}) OR credential_hash IN (
		SELECT credential_hash FROM passkey_acts_v1
		WHERE project_id = {project: String} AND (${ASKS_OF_ACTS}) AND day <= {to: Date} AND ${MATCHES_ACT}))`;

/** The same on ceremonies_v1, of ceremonies that a passkey answered. Nothing is read of the ledger unless asked. */
export const ANSWERED_BY_PROVIDER = `({provider: String} = '' OR credential_hash IN (
		SELECT credential_hash FROM credential_rows_v1
		WHERE project_id = {project: String} AND {provider: String} != '' AND ${OF_PROVIDER}))`;

/** Parameters of a query that answers bucket by bucket; `all` makes the whole period one bucket. */
export const bucketParameters = filterParameters.extend({ bucket: z.enum(['day', 'week', 'all']) });

/** First day of the bucket that a local day lies in, as lib/filters.ts counts them. */
export const bucketOfDay = (day: string) =>
	`multiIf({bucket: String} = 'week', toMonday(${day}), {bucket: String} = 'day', ${day}, toDate({from: Date}))`;

/** The same of the rollups' own. */
export const BUCKET = bucketOfDay('day');

/** Prompts that offer a passkey, of those a site may show. */
export const OFFERS = `('enroll', 'upgrade')`;
