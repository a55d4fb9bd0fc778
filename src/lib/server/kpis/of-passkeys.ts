import type { BrokenDown } from './break-down.ts';

/** Figures of passkeys and of whom they belong to alone: those that the provider of passkeys narrows. */
export const OF_PASSKEYS: readonly string[] = [
	'sync_coverage',
	'synced_share',
	'backed_up_share',
	'lockout_risk'
] satisfies BrokenDown[];
