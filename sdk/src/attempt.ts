import { omit } from './omit.ts';

/** Runs our own code beside the site's: whatever goes wrong in it stays in it, and is counted. `undefined` when it threw. */
export function attempt<T>(run: () => T): T | undefined {
	try {
		return run();
	} catch {
		omit('sdk_errors');
		return undefined;
	}
}
