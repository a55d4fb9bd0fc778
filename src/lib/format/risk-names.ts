/** What can go wrong for users who hold passkeys; one user may be at several. */
export const RISKS = ['locked_out', 'one_passkey', 'one_provider', 'legacy_only'] as const;

export type Risk = (typeof RISKS)[number];

/** Each risk in words: what its users have in common, what helps, the field's term, and its colour on a page. */
export const RISK_WORDS: Record<
	Risk,
	{ label: string; term: string; meaning: string; advice: string; color: string }
> = {
	locked_out: {
		label: 'One lost device from lock-out',
		term: 'BE=0',
		meaning: 'The one usable passkey is device-bound: without that device it is gone.',
		advice: 'Offer a synced passkey or a second security key at the next sign-in.',
		color: 'failed'
	},
	one_passkey: {
		label: 'One passkey, not bound to a device',
		term: 'single point of failure',
		meaning: 'It comes back with the provider’s account; who loses that account loses it.',
		advice: 'Offer a second one elsewhere, or keep another way to recover the account.',
		color: 'abandoned'
	},
	one_provider: {
		label: 'Several passkeys, all with one provider',
		term: 'single point of failure',
		meaning: 'Two or more, and all of them lie in the same provider’s account.',
		advice: 'Offer one in another ecosystem when they come from there.',
		color: 'accent'
	},
	legacy_only: {
		label: 'Legacy credentials only',
		term: 'legacy class',
		meaning: 'All they hold was made before passkeys synced, or is U2F or not discoverable.',
		advice: 'Lead them through the upgrade of their class.',
		color: 'unknown'
	}
};
