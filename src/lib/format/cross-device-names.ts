import type { StepWords } from './funnel-names.ts';

/** In a file of its own: its page is near the most that a page may fetch. */
export const CROSS_DEVICE_STEP_NAMES: Record<string, StepWords> = {
	started: { name: 'Started', meaning: 'ceremonies begun by a user’s action' },
	prompted: {
		name: 'Another device asked',
		meaning: 'it answered, the site asked for it, or it could not be reached'
	},
	answered: { name: 'It answered', meaning: 'the response came from another device' },
	succeeded: { name: 'Succeeded', meaning: 'the server did not refuse it' },
	passkey_here: {
		name: 'Passkey made here',
		meaning: 'the user then created one on a device of this ecosystem'
	}
};
