/** Why somebody did not come in through the identity provider, in words for them. Nothing of the answer is in it. */
export const PROVIDER_REFUSALS = {
	provider_none: 'No identity provider is set up here. Sign in with a passkey.',
	provider_secret:
		'The sign-in through the identity provider is not set up fully. Whoever runs Passlens finds the reason in its log.',
	provider_down:
		'The identity provider does not answer. Try again in a minute; a passkey works meanwhile.',
	provider_denied:
		'The identity provider did not let you in, or you turned back there. Try again, or ask whoever looks after your account there.',
	provider_stale:
		'This took longer than five minutes, was begun in another window, or was used already: start again.',
	provider_clock:
		'The times in the identity provider’s answer do not fit. Start again; if it stays so, the clock of this server is wrong: tell whoever runs it.',
	provider_answer:
		'The identity provider’s answer could not be verified, so nobody was signed in. Start again; if it stays so, whoever runs Passlens finds the reason in its log.',
	no_group:
		'You are known there, and none of your groups may use this dashboard. Ask an administrator of Passlens which group you need.',
	not_invited:
		'You are known there, and nobody has invited you here. Ask an administrator of Passlens to invite you by your e-mail address.',
	not_you: 'You signed in there as somebody else than here. Sign in there as yourself.',
	not_anew:
		'The identity provider did not ask you again, so it does not count as a fresh sign-in. Use a passkey, or sign out and in.',
	stale: 'Your last sign-in is too long ago for this. Begin again at your account.',
	taken: 'This account there belongs to somebody else here already.'
} as const;

export type ProviderRefusal = keyof typeof PROVIDER_REFUSALS;

/** The words of a code in an address, which anybody can write; undefined: of none. */
export const refusalWords = (code: string | null): string | undefined =>
	code !== null && Object.hasOwn(PROVIDER_REFUSALS, code)
		? PROVIDER_REFUSALS[code as ProviderRefusal]
		: undefined;
