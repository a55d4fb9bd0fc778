import type { Retention } from '../../../settings/retention.ts';

/** Days as typed; empty: for ever. What is no number comes out as one that nobody takes. */
export function readDays(text: string): number | undefined {
	return text === '' ? undefined : Number(text);
}

/** Whether something that is kept now would be deleted. */
export function keepsLess(asked: Retention, now: Retention): boolean {
	const days = (value: number | undefined) => value ?? Infinity;
	return days(asked.rawDays) < days(now.rawDays) || days(asked.derivedDays) < days(now.derivedDays);
}
