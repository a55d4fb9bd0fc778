import type { Omissions } from '../event/event.ts';
import { state } from './state.ts';

/** Counts what is not told; the next event says so. */
export function omit(what: keyof Omissions): void {
	const omitted = (state.omitted ??= {});
	omitted[what] = (omitted[what] ?? 0) + 1;
}
