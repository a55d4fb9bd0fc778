/** What the database's words are called on a page, in one place. */
import type { AnnotationKind } from '../../../settings/annotations.ts';
import type { Ecosystem, LeftOut } from '../filters.ts';

export const ECOSYSTEM_NAMES: Record<Ecosystem, string> = {
	apple: 'Apple',
	google: 'Google',
	microsoft: 'Microsoft',
	third_party: 'Other password managers',
	security_key: 'Security keys',
	unknown: 'Unknown'
};

/** What a reader left out as made up. */
export const LEFT_OUT_NAMES: Record<LeftOut, string> = {
	synthetic: 'All but synthetic',
	tests: 'All but virtual authenticators',
	both: 'All but both'
};

/** In the order they are stacked and listed: from what went well to what never began. */
export const OUTCOMES = [
	'succeeded',
	'cancelled',
	'aborted',
	'abandoned',
	'failed',
	'rejected',
	'pending',
	'untouched'
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** Outcomes that count as started by a user's action and ended. */
export const COUNTED_OUTCOMES = OUTCOMES.filter(
	(outcome) => outcome !== 'pending' && outcome !== 'untouched'
);

export const OUTCOME_NAMES: Record<Outcome, string> = {
	succeeded: 'Succeeded',
	cancelled: 'Cancelled',
	aborted: 'Aborted by the page',
	abandoned: 'Abandoned',
	failed: 'Failed',
	rejected: 'Refused by the server',
	pending: 'Pending',
	untouched: 'Untouched'
};

export const SYNC_STATES = ['synced', 'syncable', 'device_bound', 'illegal', 'unknown'] as const;

export type SyncState = (typeof SYNC_STATES)[number];

export const SYNC_STATE_NAMES: Record<SyncState, string> = {
	synced: 'Synced',
	syncable: 'Syncable, not backed up',
	device_bound: 'Device-bound',
	illegal: 'Illegal flags',
	unknown: 'Unknown'
};

export const CONFIDENCES = ['certain', 'likely', 'possible'] as const;

export type Confidence = (typeof CONFIDENCES)[number];

export const SIGNIN_METHOD_NAMES: Record<string, string> = {
	passkey: 'Passkey',
	password: 'Password',
	otp: 'One-time code',
	magic_link: 'Magic link',
	social: 'Social sign-in',
	other: 'Other'
};

export const FALLBACK_REASON_NAMES: Record<string, string> = {
	no_passkey_here: 'No passkey on this device',
	ceremony_failed: 'The ceremony failed',
	user_choice: 'The user chose another method'
};

/** What an annotation tells of. */
export const ANNOTATION_KIND_NAMES: Record<AnnotationKind, string> = {
	release: 'Release',
	campaign: 'Campaign',
	note: 'Note'
};

/** A word of the database in sentence case, for what has no name of its own: `user_cancelled` → `User cancelled`. */
export function humanise(word: string): string {
	const text = word.replaceAll('_', ' ');
	return text && text[0]!.toUpperCase() + text.slice(1);
}
