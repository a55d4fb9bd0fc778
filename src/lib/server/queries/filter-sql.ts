import { z } from 'zod';
import { leftOut, type DayRange, type Filters } from '../../filters.ts';

/** What every query about a period takes. */
export const filterParameters = z.object({
	project: z.string(),
	from: z.iso.date(),
	to: z.iso.date(),
	ecosystem: z.string(),
	platform: z.string(),
	application: z.string(),
	browser: z.string().default(''),
	release: z.string().default(''),
	country: z.string().default(''),
	without_synthetic: z.boolean().default(false),
	without_tests: z.boolean().default(false)
});

export type FilterParameters = z.input<typeof filterParameters>;

/** The filters as bound parameters, for the period itself or for the days it is compared with. */
export function toParameters(filters: Filters, range: DayRange = filters): FilterParameters {
	const { project, ecosystem, platform, browser, application, release, country } = filters;
	const { synthetic, tests } = leftOut(filters);
	return {
		project,
		from: range.from,
		to: range.to,
		ecosystem,
		platform,
		browser,
		application,
		release,
		country,
		without_synthetic: synthetic,
		without_tests: tests
	};
}

/** Leaves out what is simulated where the reader asks for that; every table has the column. */
export const COUNTED = `NOT ({without_synthetic: Bool} AND synthetic)`;

/** Leaves out virtual authenticators likewise: on credentials_v1, and on rollups and passkey_acts_v1, where a ceremony's passkey has been looked up. */
export const REAL = `NOT ({without_tests: Bool} AND test_authenticator)`;

/** The same on the rollups of activity: what somebody did with a virtual authenticator goes, that they were there stays. */
export const REAL_ACTIVITY = `(activity = 'seen' OR ${REAL})`;

/** The same on ceremonies_v1: a sign-in tells no AAGUID, so what its passkey is stands in the ledger. Nothing is read there unless asked. */
export const REAL_CEREMONY = `NOT ({without_tests: Bool} AND (test_authenticator OR credential_hash IN (
		SELECT credential_hash FROM credentials_state_v2
		WHERE project_id = {project: String} AND {without_tests: Bool} AND test_authenticator)))`;

/** What the filters ask of the client but for its ecosystem. */
export const MATCHES_DEVICE = `({platform: String} = '' OR os_name = {platform: String})
	AND ({browser: String} = '' OR browser_name = {browser: String})
	AND ({application: String} = '' OR application = {application: String})
	AND ({release: String} = '' OR release = {release: String})
	AND ({country: String} = '' OR country = {country: String})`;

/** What the filters ask of the client, and of whom it is. */
export const MATCHES_CLIENT = `${COUNTED}
	AND ({ecosystem: String} = '' OR client_ecosystem = {ecosystem: String})
	AND ${MATCHES_DEVICE}`;

/**
 * Conditions for tables with project_id, day, client_ecosystem, os_name, application, country and synthetic:
 * ceremonies_v1, prompts_v1, sessions_v1, signins_v1, and the rollups; ceremonies and rollups want REAL_CEREMONY or REAL as well.
 * Constant text: values are bound.
 */
export const WHERE_CLIENT = `project_id = {project: String}
	AND day BETWEEN {from: Date} AND {to: Date}
	AND ${MATCHES_CLIENT}`;

/**
 * Conditions for credentials_v1, as of the period's last day: the ecosystem is the passkey's; platform, browser, release and country are
 * any it was registered or used on or in.
 */
export const WHERE_CREDENTIAL = `project_id = {project: String} AND ${COUNTED} AND ${REAL}
	AND toDate(first_seen_at) <= {to: Date}
	AND ({ecosystem: String} = '' OR credential_ecosystem = {ecosystem: String})
	AND ({platform: String} = '' OR has(used_on_os, {platform: String}))
	AND ({application: String} = '' OR application = {application: String})
	AND (({browser: String} = '' AND {release: String} = '' AND {country: String} = '') OR credential_hash IN (
		SELECT credential_hash FROM passkey_acts_v1
		WHERE project_id = {project: String} AND ({browser: String} != '' OR {release: String} != '' OR {country: String} != '') AND day <= {to: Date}
			AND ({browser: String} = '' OR browser_name = {browser: String})
			AND ({release: String} = '' OR release = {release: String})
			AND ({country: String} = '' OR country = {country: String})))`;

/** Parameters of a query that answers bucket by bucket; `all` makes the whole period one bucket. */
export const bucketParameters = filterParameters.extend({ bucket: z.enum(['day', 'week', 'all']) });

/** First day of the bucket a row's `day` lies in, as lib/filters.ts counts them. */
export const BUCKET = `multiIf({bucket: String} = 'week', toMonday(day), {bucket: String} = 'day', day, toDate({from: Date}))`;

/** Prompts that offer a passkey, of those a site may show. */
export const OFFERS = `('enroll', 'upgrade')`;
