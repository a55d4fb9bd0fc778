import { z } from 'zod';
import type { DayRange, Filters } from '../../filters.ts';

/** What every query about a period takes. */
export const filterParameters = z.object({
	project: z.string(),
	from: z.iso.date(),
	to: z.iso.date(),
	ecosystem: z.string(),
	platform: z.string(),
	application: z.string()
});

export type FilterParameters = z.infer<typeof filterParameters>;

/** The filters as bound parameters, for the period itself or for the days it is compared with. */
export function toParameters(filters: Filters, range: DayRange = filters): FilterParameters {
	const { project, ecosystem, platform, application } = filters;
	return { project, from: range.from, to: range.to, ecosystem, platform, application };
}

/** What the filters ask of the client. */
export const MATCHES_CLIENT = `({ecosystem: String} = '' OR client_ecosystem = {ecosystem: String})
	AND ({platform: String} = '' OR os_name = {platform: String})
	AND ({application: String} = '' OR application = {application: String})`;

/**
 * Conditions for tables with project_id, day, client_ecosystem, os_name and application:
 * ceremonies_v1, prompts_v1, sessions_v1, signins_v1, daily_activity_v1. Constant text: values are bound.
 */
export const WHERE_CLIENT = `project_id = {project: String}
	AND day BETWEEN {from: Date} AND {to: Date}
	AND ${MATCHES_CLIENT}`;

/**
 * Conditions for credentials_v1, as of the period's last day: the ecosystem is the passkey's, the platform any it was used on.
 */
export const WHERE_CREDENTIAL = `project_id = {project: String}
	AND toDate(first_seen_at) <= {to: Date}
	AND ({ecosystem: String} = '' OR credential_ecosystem = {ecosystem: String})
	AND ({platform: String} = '' OR has(used_on_os, {platform: String}))
	AND ({application: String} = '' OR application = {application: String})`;

/** Parameters of a query that answers bucket by bucket; `all` makes the whole period one bucket. */
export const bucketParameters = filterParameters.extend({ bucket: z.enum(['day', 'week', 'all']) });

/** First day of the bucket a row's `day` lies in, as lib/filters.ts counts them. */
export const BUCKET = `multiIf({bucket: String} = 'week', toMonday(day), {bucket: String} = 'day', day, toDate({from: Date}))`;

/** Prompts that offer a passkey, of those a site may show. */
export const OFFERS = `('enroll', 'upgrade')`;
