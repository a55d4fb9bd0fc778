/** The funnels' steps in a reader's words. */
import { FALLBACK_REASON_NAMES } from './names.ts';

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

/** How sign-ins end, as one reads it, in the order of a list; what it means may be empty. */
export const SIGNIN_END_NAMES: Record<string, StepWords> = {
	signed_in: { name: 'Signed in by passkey', meaning: '' },
	fell_back_failed: { name: 'Fell back', meaning: FALLBACK_REASON_NAMES['ceremony_failed']! },
	fell_back_by_choice: { name: 'Fell back', meaning: FALLBACK_REASON_NAMES['user_choice']! },
	fell_back_no_passkey: { name: 'Fell back', meaning: FALLBACK_REASON_NAMES['no_passkey_here']! },
	fell_back_untold: { name: 'Fell back', meaning: 'The site did not say why' },
	lost: { name: 'Did not sign in', meaning: 'After trying a passkey' },
	other: { name: 'Another method at once', meaning: 'No passkey was tried' },
	left: { name: 'Left the page', meaning: 'Nothing was tried' }
};
