import type { Role } from '../../../settings/access/people.ts';

/** The roles in words, in the order they are offered. */
export const ROLE_NAMES: Readonly<Record<Role, { name: string; may: string }>> = {
	viewer: { name: 'Viewer', may: 'sees figures' },
	analyst: {
		name: 'Analyst',
		may: 'sees figures, annotates, keeps segments, decides about failures'
	},
	engineer: {
		name: 'Engineer',
		may: 'what an analyst may, and single users, ceremonies and passkeys'
	},
	auditor: {
		name: 'Security auditor',
		may: 'sees figures, single users and passkeys, policies, evidence and the audit log'
	},
	admin: { name: 'Administrator', may: 'everything, keys, origins and people too' }
};
