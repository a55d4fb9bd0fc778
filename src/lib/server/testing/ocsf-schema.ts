import { z } from 'zod';

/**
 * OCSF 1.3.0 as far as we use it, strictly: what is not written here is refused. Written from the published schema,
 * https://schema.ocsf.io/1.3.0 (github.com/ocsf/ocsf-schema, v1.3.0: events/base_event.json, events/findings/{finding,
 * compliance_finding,detection_finding}.json, events/iam/{iam,account_change,authentication,entity_management}.json and
 * objects/{metadata,user,actor,service,finding_info,analytic,compliance,resource_details,managed_entity}.json), and
 * apart from the code that makes events, so that one shows the other's mistakes.
 */
const time = z.int().min(946_684_800_000);
const text = z.string().min(1);
const unmapped = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional();

const metadata = z.strictObject({
	version: z.literal('1.3.0'),
	uid: z.string().regex(/^[0-9a-f]{32}$/),
	product: z.strictObject({ name: z.literal('Passlens'), vendor_name: z.literal('Passlens') }),
	log_name: text,
	tenant_uid: text.optional()
});

/** objects/user.json: at least one of account, name and uid. */
const user = z
	.strictObject({
		uid: text.optional(),
		name: text.optional(),
		type_id: z.union([0, 1, 2, 3, 99].map((id) => z.literal(id))),
		type: text,
		credential_uid: text.optional()
	})
	.refine(({ uid, name }) => uid ?? name, 'one of uid and name');

const resource = z
	.strictObject({
		type: text.optional(),
		uid: text.optional(),
		name: text.optional(),
		owner: user.optional()
	})
	.refine(({ uid, name }) => uid ?? name, 'one of uid and name');

const SEVERITIES = ['Unknown', 'Informational', 'Low', 'Medium', 'High', 'Critical', 'Fatal'];
const FINDING_STATUSES = ['Unknown', 'New', 'In Progress', 'Suppressed', 'Resolved'];
const RESULTS = ['Unknown', 'Success', 'Failure'];

/** What every class has, with its own numbers; names beside numbers must be those of the numbers. */
function classOf<Shape extends z.core.$ZodLooseShape>({
	uid,
	name,
	activities,
	statuses,
	shape
}: {
	uid: number;
	name: string;
	activities: Record<number, string>;
	statuses: string[];
	shape: Shape;
}) {
	const categories: Record<number, string> = { 2: 'Findings', 3: 'Identity & Access Management' };
	const category = Math.floor(uid / 1_000);
	return z
		.strictObject({
			category_uid: z.literal(category),
			category_name: z.literal(categories[category]!),
			class_uid: z.literal(uid),
			class_name: z.literal(name),
			activity_id: z.union(Object.keys(activities).map((id) => z.literal(Number(id)))),
			activity_name: text,
			type_uid: z.int(),
			type_name: text,
			severity_id: z.int().min(0).max(6),
			severity: text,
			status_id: z
				.int()
				.min(0)
				.max(statuses.length - 1),
			status: text,
			status_detail: text.optional(),
			time,
			message: text,
			metadata,
			unmapped,
			...shape
		})
		.superRefine((event, context) => {
			const { activity_id, activity_name, type_uid, type_name } = event as Fixed;
			const { severity_id, severity, status_id, status } = event as Fixed;
			const must = (path: string, holds: boolean) =>
				holds ||
				context.addIssue({ code: 'custom', path: [path], message: 'not that of its number' });
			must('activity_name', activity_id === 99 || activities[activity_id] === activity_name);
			must('type_uid', type_uid === uid * 100 + activity_id);
			must('type_name', type_name === `${name}: ${activity_name}`);
			must('severity', SEVERITIES[severity_id] === severity);
			must('status', statuses[status_id] === status);
		});
}

interface Fixed {
	activity_id: number;
	activity_name: string;
	type_uid: number;
	type_name: string;
	severity_id: number;
	severity: string;
	status_id: number;
	status: string;
}

const findings = { 1: 'Create', 2: 'Update', 3: 'Close' };
const finding_info = z.strictObject({
	uid: text,
	title: text,
	desc: text.optional(),
	types: z.array(text),
	first_seen_time: time.optional(),
	analytic: z
		.strictObject({ type_id: z.literal(1), type: z.literal('Rule'), uid: text, name: text })
		.optional()
});

/** One event, whatever its class. */
export const ocsfSchema = z.union([
	classOf({
		...{ uid: 2003, name: 'Compliance Finding', activities: findings, statuses: FINDING_STATUSES },
		shape: {
			finding_info,
			compliance: z.strictObject({
				standards: z.array(text).min(1),
				control: text,
				status_id: z.union([z.literal(1), z.literal(3)]),
				status: z.enum(['Pass', 'Fail'])
			}),
			resources: z.array(resource).min(1)
		}
	}),
	classOf({
		...{ uid: 2004, name: 'Detection Finding', activities: findings, statuses: FINDING_STATUSES },
		shape: {
			finding_info,
			start_time: time,
			confidence_id: z.union([z.literal(1), z.literal(3)]),
			confidence: z.enum(['Low', 'High']),
			resources: z.array(resource).min(1)
		}
	}),
	classOf({
		...{ uid: 3001, name: 'Account Change', statuses: RESULTS },
		activities: { 1: 'Create', 10: 'MFA Factor Enable', 11: 'MFA Factor Disable', 99: 'Other' },
		shape: { user }
	}),
	classOf({
		...{ uid: 3002, name: 'Authentication', statuses: RESULTS },
		activities: { 1: 'Logon', 2: 'Logoff' },
		shape: {
			user,
			auth_protocol_id: z.literal(99),
			auth_protocol: text,
			service: z.strictObject({ name: text })
		}
	}),
	classOf({
		...{ uid: 3004, name: 'Entity Management', statuses: RESULTS },
		activities: { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete', 99: 'Other' },
		shape: {
			entity: z
				.strictObject({
					...{ type: text, version: text.optional() },
					...{ uid: text.optional(), name: text.optional() }
				})
				.refine(({ uid, name }) => uid ?? name, 'one of uid and name'),
			actor: z.strictObject({ user, app_name: text }).optional()
		}
	})
]);

export type OcsfEvent = z.output<typeof ocsfSchema>;
