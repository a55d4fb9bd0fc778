import type { AuditAction } from '../../../settings/access/audit-log.ts';

/** What the audit log notes, in words. */
export const AUDIT_NAMES: Readonly<Record<AuditAction, string>> = {
	'signed-in': 'Signed in',
	'sign-in-refused': 'Could not sign in',
	'signed-out': 'Signed out',
	confirmed: 'Signed in anew',
	joined: 'Used a link',
	'looked-up': 'Looked at rows of people',
	exported: 'Exported',
	changed: 'Changed',
	refused: 'Was refused',
	command: 'Ran a command',
	erased: 'Erased a user'
};
