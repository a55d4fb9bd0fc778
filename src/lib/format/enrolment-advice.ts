import type { Advice } from './upgrade-advice.ts';

const BEFORE: Record<string, Advice> = {
	offered: {
		advice: 'Offer a passkey right after the next sign-in.',
		why: 'They came on a client that can make one, have none, and saw no offer.'
	},
	started: {
		advice: 'Ask at another moment or with other words; see which placement earns under Prompts.',
		why: 'They saw the offer and did not take it up.'
	},
	created: {
		advice: 'Look at how their registrations ended, by system and browser.',
		why: 'The dialog opened, and no passkey came of it: cancelled, failed, or one is there already.'
	},
	verified: {
		advice: 'Look at what the server refused, and whether each of its verdicts is sent.',
		why: 'The browser made a passkey and the server did not confirm it.'
	},
	first_use: {
		advice: 'Let the sign-in page offer passkeys by autofill (conditional mediation).',
		why: 'They have a passkey and have not signed in with it since.'
	}
};

/** Where the site does not report its offers. */
const OFFERS_UNKNOWN: Advice = {
	advice: 'Offer a passkey right after the next sign-in, and report each offer by prompt().',
	why: 'They came on a client that can make one and have none; whether they were asked is not known.'
};

/** What to do about the users who got to one step of the enrolment funnel and not to the next, and why. */
export const enrolmentAdvice = (from: string, to: string): Advice =>
	from === 'eligible' && to === 'started' ? OFFERS_UNKNOWN : BEFORE[to]!;
