/** Usable passkeys that figures count, as the inventory says it. */
export const COUNTED_PASSKEYS = {
	known: 'Usable, flags known',
	eligible: 'Usable, can sync',
	backed_up: 'Usable, backed up'
} as const;

export type CountedPasskeys = keyof typeof COUNTED_PASSKEYS;

export const isCountedPasskeys = (name: string): name is CountedPasskeys =>
	Object.hasOwn(COUNTED_PASSKEYS, name);
