/** The funnels' steps in a reader's words. */

export interface StepWords {
	name: string;
	meaning: string;
}

export const ENROLMENT_STEP_NAMES: Record<string, StepWords> = {
	eligible: { name: 'Eligible', meaning: 'passkey-capable client, no passkey before' },
	offered: { name: 'Offered', meaning: 'a creation prompt was shown' },
	started: { name: 'Started', meaning: 'create() was called' },
	created: { name: 'Created', meaning: 'the browser answered with a passkey' },
	verified: { name: 'Verified', meaning: 'the server took it' },
	first_use: { name: 'First use', meaning: 'signed in with it' }
};

export const SIGNIN_STEP_NAMES: Record<string, StepWords> = {
	begun: { name: 'Began to sign in', meaning: 'a sign-in page with autofill, or any sign-in' },
	tried: { name: 'Tried a passkey', meaning: 'a user’s action started a ceremony' },
	answered: { name: 'Browser answered', meaning: 'a passkey signed' },
	signed_in: { name: 'Signed in by passkey', meaning: 'the server did not refuse it' }
};
