/** Ceremonies that figures count, as the list says it. */
export const COUNTED_CEREMONIES = {
	started: 'Started by users, and ended',
	judged: 'Started by users, with a verdict where one is due',
	verified: 'Verified by the server',
	cancelled: 'Cancelled',
	failed: 'Ended by an error',
	unfinished: 'Never finished',
	asked: 'Started by users and ended, autofill left out',
	overdue: 'No end within five minutes, autofill left out',
	completed: 'Completed by the page',
	completed_decided: 'Completed by the page, with a verdict',
	answered: 'Completed by the page, or judged by the server',
	refused: 'Refused by the server',
	signed_in: 'Signed in by passkey',
	timed: 'Sign-ins with a measured time, autofill left out',
	crossing: 'Across devices, as far as can be known',
	crossed: 'Succeeded across devices'
} as const;

export type CountedCeremonies = keyof typeof COUNTED_CEREMONIES;

export const isCountedCeremonies = (name: string): name is CountedCeremonies =>
	Object.hasOwn(COUNTED_CEREMONIES, name);
