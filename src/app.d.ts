import type { Access } from '$lib/server/access/access.ts';

declare global {
	namespace App {
		interface Error {
			message: string;
			/** The message says what to do. */
			explained?: boolean;
		}
		interface Locals {
			/** What whoever asks may see and do: pages take projects from here, and from nowhere else. */
			access: Access;
			/** What a change was about, where the audit log is to say more than its name. Nothing secret. */
			changed?: Record<string, string>;
			/** What a refused form of an alert's rule said, by field: the page shows it again. */
			refusedRule?: URLSearchParams;
		}
	}
}
export {};
