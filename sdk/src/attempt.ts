import { state } from './state.ts';

/** Runs our own code beside the site's: whatever goes wrong in it stays in it. `undefined` when it threw. */
export function attempt<T>(run: () => T): T | undefined {
	try {
		return run();
	} catch (error) {
		if (state.debug) console.warn('[passlens]', error);
		return undefined;
	}
}
