import type { Readiness } from '../server/queries/readiness.ts';

/** What a client can do, what that means, and the colour it has on a page. */
export const READINESS_WORDS: Record<Readiness, { label: string; note: string; color: string }> = {
	ready: { label: 'Can use a passkey', note: 'On at least one client', color: 'accent' },
	in_app: {
		label: 'In another app’s browser view',
		note: 'WebAuthn is missing there: open the system’s browser for sign-in',
		color: 'failed'
	},
	no_webauthn: {
		label: 'Browser without WebAuthn',
		note: 'Too old, or switched off: keep another method for them',
		color: 'failed'
	},
	no_authenticator: {
		label: 'No screen lock and no phone to ask',
		note: 'Ask them to set up a screen lock, or take a security key',
		color: 'abandoned'
	},
	unclear: {
		label: 'Not told well enough to judge',
		note: 'The browser answers a part of the questions alone',
		color: 'line-strong'
	},
	not_told: {
		label: 'Nothing told',
		note: 'The page sent no client.capabilities in that visit',
		color: 'untouched'
	}
};
