import type { AuditAction, AuditEntry } from '../../../../settings/access/audit-log.ts';
import type { StreamEvent } from '../../../../settings/stream-events.ts';
import type { StreamTopic } from '../../../../settings/streams.ts';
import { webauthn } from './find-ceremonies.ts';
import { ocsfEvent } from './ocsf.ts';

/** Sign-ins are a topic of their own, by what they are to OCSF; the rest of the log is the other. */
const SIGN_INS: Readonly<Record<string, 'Logon' | 'Logoff'>> = {
	'signed-in': 'Logon',
	'sign-in-refused': 'Logon',
	confirmed: 'Logon',
	'signed-out': 'Logoff'
};

const topicOf = (action: AuditAction): StreamTopic =>
	action in SIGN_INS || action === 'joined' ? 'dashboard_sign_ins' : 'dashboard_audit';

const ACTOR_TYPES: Record<AuditEntry['actor']['kind'], { type_id: number; type: string }> = {
	person: { type_id: 1, type: 'User' },
	'api-key': { type_id: 99, type: 'API key' },
	'server-key': { type_id: 99, type: 'Server key' },
	command: { type_id: 3, type: 'System' },
	schedule: { type_id: 3, type: 'System' },
	nobody: { type_id: 0, type: 'Unknown' }
};

/** Somebody at the dashboard by the id that they have there: names stay in the audit log, where the number of the entry finds them. */
function actorOf({ kind, id }: AuditEntry['actor']) {
	const named = kind === 'nobody' ? 'unknown' : kind;
	return { ...(id ? { uid: id } : { name: named }), ...ACTOR_TYPES[kind] };
}

/** Details that name nobody: what was typed into a search is not among them. */
const DETAILS = ['change', 'reason', 'method', 'command', 'as_of', 'link', 'note'];

/** An entry of the dashboard's own audit log, as streams tell it. */
export function auditEvent(entry: AuditEntry): StreamEvent {
	const { number, action, detail, projectId, at } = entry;
	const told = {
		...{ topic: topicOf(action), projectId, at, identity: [number, entry.hash] },
		unmapped: {
			...{ audit_number: number, action },
			...Object.fromEntries(Object.entries(detail).filter(([name]) => DETAILS.includes(name)))
		}
	};
	const user = actorOf(entry.actor);
	const message = MESSAGES[action] ?? `The audit log says: ${action}`;
	const signIn = SIGN_INS[action];
	if (signIn) {
		const refused = action === 'sign-in-refused';
		return ocsfEvent({
			...{ ...told, ocsfClass: 'authentication', activity: signIn, message },
			...{ severity: refused ? 'Low' : 'Informational', status: refused ? 'Failure' : 'Success' },
			statusDetail: refused && detail.reason ? String(detail.reason) : undefined,
			attributes: { user, ...webauthn('Passlens dashboard') }
		});
	}
	if (action === 'joined')
		return ocsfEvent({
			...{ ...told, ocsfClass: 'account_change', activity: 'Create', message },
			...{ severity: 'Low', status: 'Success', attributes: { user } }
		});
	const { activity, severity } = WORKS[action] ?? { activity: 'Update', severity: 'Low' };
	return ocsfEvent({
		...{ ...told, ocsfClass: 'entity_management', activity, severity, message },
		status: action === 'refused' ? 'Failure' : 'Success',
		attributes: {
			actor: { user, app_name: 'Passlens' },
			entity: { type: 'page or subject', name: entry.subject || 'Passlens' }
		}
	});
}

const WORKS: Readonly<
	Record<
		string,
		{ activity: 'Read' | 'Update' | 'Delete'; severity: 'Informational' | 'Low' | 'Medium' }
	>
> = {
	'looked-up': { activity: 'Read', severity: 'Informational' },
	exported: { activity: 'Read', severity: 'Low' },
	changed: { activity: 'Update', severity: 'Low' },
	refused: { activity: 'Read', severity: 'Medium' },
	command: { activity: 'Update', severity: 'Low' },
	erased: { activity: 'Delete', severity: 'Low' }
};

/** What is not here was noted by a newer version: it is told by the log's own word. */
const MESSAGES: Readonly<Record<string, string>> = {
	'signed-in': 'Somebody signed in to Passlens',
	'sign-in-refused': 'Somebody could not sign in to Passlens',
	'signed-out': 'Somebody signed out of Passlens',
	confirmed: 'Somebody showed anew who they are',
	joined: 'Somebody joined Passlens or added a passkey by a link',
	'looked-up': 'Somebody looked at a single user or at rows of single people',
	exported: 'Somebody exported rows',
	changed: 'Somebody changed something',
	refused: 'Somebody asked for what they may not',
	command: 'A command was run at the server',
	erased: 'A user is erased'
};
