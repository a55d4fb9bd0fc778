import type { Advice } from './upgrade-advice.ts';

/** Users lost between two steps of the enrolment funnel: what they did instead, what to do about it, and why. */
export interface EnrolmentGap extends Advice {
	loss: string;
}

const BEFORE: Record<string, EnrolmentGap> = {
	offered: {
		loss: 'were never offered a passkey',
		advice: 'Offer a passkey right after the next sign-in.',
		why: 'They came on a client that can make one, have none, and saw no offer.'
	},
	started: {
		loss: 'did not take the offer of a passkey',
		advice: 'Ask at another moment or with other words; see which placement earns under Prompts.',
		why: 'They saw the offer and did not take it up.'
	},
	created: {
		loss: 'began to create a passkey and got none',
		advice: 'Look at how their registrations ended, by system and browser.',
		why: 'The dialog opened, and no passkey came of it: cancelled, failed, or one is there already.'
	},
	verified: {
		loss: 'created a passkey that the server did not confirm',
		advice: 'Look at what the server refused, and whether each of its verdicts is sent.',
		why: 'The browser made a passkey and the server did not confirm it.'
	},
	first_use: {
		loss: 'have not signed in with their new passkey yet',
		advice: 'Let the sign-in page offer passkeys by autofill (conditional mediation).',
		why: 'They have a passkey and have not signed in with it since.'
	}
};

/** Where the site does not report its offers. */
const OFFERS_UNKNOWN: EnrolmentGap = {
	loss: 'never began to create a passkey',
	advice: 'Offer a passkey right after the next sign-in, and report each offer by prompt().',
	why: 'They came on a client that can make one and have none; whether they were asked is not known.'
};

/** What is said of the users who got to one step and not to the next; undefined of a step that is none. */
export const enrolmentGap = (from: string, to: string): EnrolmentGap | undefined =>
	from === 'eligible' && to === 'started' ? OFFERS_UNKNOWN : BEFORE[to];
