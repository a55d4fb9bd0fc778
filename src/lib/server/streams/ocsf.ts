import { hash } from 'node:crypto';
import type { StreamEvent } from '../../../../settings/stream-events.ts';
import type { StreamTopic } from '../../../../settings/streams.ts';

/** The version of the schema that events are written for: https://schema.ocsf.io/1.3.0 */
const OCSF_VERSION = '1.3.0';

/** The classes that are used, with their activities, by OCSF's own names and numbers. */
const CLASSES = {
	compliance_finding: {
		...{ uid: 2003, name: 'Compliance Finding' },
		activities: { Create: 1, Update: 2, Close: 3 }
	},
	detection_finding: {
		...{ uid: 2004, name: 'Detection Finding' },
		activities: { Create: 1, Update: 2, Close: 3 }
	},
	account_change: {
		...{ uid: 3001, name: 'Account Change' },
		activities: { Create: 1, 'MFA Factor Enable': 10, 'MFA Factor Disable': 11, Other: 99 }
	},
	authentication: {
		...{ uid: 3002, name: 'Authentication' },
		activities: { Logon: 1, Logoff: 2 }
	},
	entity_management: {
		...{ uid: 3004, name: 'Entity Management' },
		activities: { Create: 1, Read: 2, Update: 3, Delete: 4, Other: 99 }
	}
} as const;

export type OcsfClass = keyof typeof CLASSES;

const CATEGORIES: Record<number, string> = { 2: 'Findings', 3: 'Identity & Access Management' };

export const SEVERITIES = { Informational: 1, Low: 2, Medium: 3, High: 4, Critical: 5 } as const;

/** Of findings: where their treatment stands. Of the others: whether what was tried came to be. */
const STATUSES = { New: 1, 'In Progress': 2, Suppressed: 3, Resolved: 4 } as const;
const RESULTS = { Unknown: 0, Success: 1, Failure: 2 } as const;
const STATUS_IDS: Record<keyof typeof STATUSES | keyof typeof RESULTS, number> = {
	...STATUSES,
	...RESULTS
};

/** What every event says of itself; the class's own attributes stand in `attributes`. */
export interface OcsfDraft<Class extends OcsfClass = OcsfClass> {
	topic: StreamTopic;
	ocsfClass: Class;
	activity: keyof (typeof CLASSES)[Class]['activities'] & string;
	/** Of the activity `Other`, which OCSF wants named. */
	activityName?: string | undefined;
	/** What tells this event from every other, and is the same whenever it is found. */
	identity: readonly (string | number)[];
	/** Empty: of no project. */
	projectId: string;
	userHash?: string;
	severity: keyof typeof SEVERITIES;
	status: keyof typeof STATUS_IDS;
	/** Why, in a word of ours. */
	statusDetail?: string | undefined;
	/** Unix epoch in milliseconds. */
	at: number;
	message: string;
	attributes: Record<string, unknown>;
	/** What OCSF has no place for. */
	unmapped?: Record<string, unknown>;
}

/** An event as streams tell it: what is undefined is left out. */
export function ocsfEvent<Class extends OcsfClass>(draft: OcsfDraft<Class>): StreamEvent {
	const { topic, projectId, severity, status, userHash = '' } = draft;
	const { uid: class_uid, name: class_name, activities } = CLASSES[draft.ocsfClass];
	const activity_id = (activities as Record<string, number>)[draft.activity]!;
	const activity_name = draft.activityName ?? draft.activity;
	const category_uid = Math.floor(class_uid / 1_000);
	const uid = hash('sha256', JSON.stringify([topic, projectId, ...draft.identity])).slice(0, 32);
	const event = {
		...{ activity_id, activity_name, category_uid, category_name: CATEGORIES[category_uid] },
		...{ class_uid, class_name, type_uid: class_uid * 100 + activity_id },
		type_name: `${class_name}: ${activity_name}`,
		...{ severity_id: SEVERITIES[severity], severity, status_id: STATUS_IDS[status], status },
		status_detail: draft.statusDetail,
		time: draft.at,
		message: draft.message,
		...draft.attributes,
		metadata: {
			version: OCSF_VERSION,
			uid,
			product: { name: 'Passlens', vendor_name: 'Passlens' },
			log_name: topic,
			tenant_uid: projectId || undefined
		},
		unmapped: draft.unmapped
	};
	return { uid, topic, projectId, userHash, body: JSON.stringify(event) };
}

/** A user of a site, by the project's own keyed hash; OCSF wants one of `uid` and `name`. */
export const ocsfUser = (userHash: string, credentialHash = '') => ({
	...(userHash ? { uid: userHash } : { name: 'unknown' }),
	...{ type_id: 1, type: 'User', credential_uid: credentialHash || undefined }
});
