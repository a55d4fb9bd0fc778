import type { Ecosystem } from '../filters.ts';

/** How another device was reached: by a QR code each time; linked once and then asked without one, if at all; or nobody can say. */
export type Linking = 'never' | 'may_be' | 'disputed' | 'not_known';

/**
 * What the devices of a ceremony allow, since no page is told: iPhones scan a code each time, Android phones can be linked to
 * Windows 11 from 23H2 on, of Chrome and Edge on a Mac sources differ. A passkey of a password manager does not say whose phone it is on.
 */
export function linkingOf(platform: string, phone: Ecosystem | ''): Linking {
	if (phone === 'apple') return 'never';
	if (phone !== 'google') return 'not_known';
	return ANDROID_WITH[platform] ?? 'never';
}

const ANDROID_WITH: Record<string, Linking> = {
	Windows: 'may_be',
	macOS: 'disputed',
	'': 'not_known'
};

export const LINKING_NAMES: Record<Linking, string> = {
	never: 'A QR code each time',
	may_be: 'Linked, or a QR code',
	disputed: 'A QR code; sources differ on linking',
	not_known: 'Not known'
};
