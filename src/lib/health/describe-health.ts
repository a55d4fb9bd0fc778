import { formatCounted, formatShare } from '../format/number.ts';

/** How much an application sends, against what it usually does. */
export type Sending = 'silent' | 'less' | 'usual' | 'more' | 'new';

/** Below this part of the usual day it is said to send less, above its inverse more. */
const UNUSUAL = 0.5;
/** Days that must be known for a usual one. */
const LEAST_DAYS = 3;

/**
 * @param days events of each 24 hours up to now, the newest first; days before the application sent anything are not in it
 */
export function judgeSending(days: readonly number[]): { state: Sending; usual: number | null } {
	const [last = 0, ...before] = days;
	const usual = before.length < LEAST_DAYS ? null : median(before);
	if (last === 0) return { state: 'silent', usual };
	if (usual === null) return { state: 'new', usual };
	if (last < usual * UNUSUAL) return { state: 'less', usual };
	return { state: last > usual / UNUSUAL ? 'more' : 'usual', usual };
}

function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Which of two versions is the older one; parts that are no numbers do not count. */
export function isOlder(version: string, than: string): boolean {
	const [one, other] = [version, than].map((text) => (text.match(/\d+/g) ?? []).map(Number));
	for (let part = 0; part < Math.max(one!.length, other!.length); part++) {
		const difference = (one![part] ?? 0) - (other![part] ?? 0);
		if (difference !== 0) return difference < 0;
	}
	return false;
}

export interface CoverageCounts {
	/** Ceremonies the page completed, and those of them that the server decided. */
	completed: number;
	completed_decided: number;
	/** Ceremonies the server decided, and those of them that a page told of. */
	decided: number;
	decided_seen: number;
}

/** From this share of missing ones on a reason is worth looking for. */
const WORTH_SAYING = 0.02;
/** From here on hardly anything arrives. */
const NEARLY_ALL = 0.95;

/** What is likely behind ceremonies of which one side alone told, and what to do; nothing where too few are missing. */
export function explainCoverage(counts: CoverageCounts): string[] {
	const { completed, completed_decided, decided, decided_seen } = counts;
	const unjudged = completed - completed_decided;
	const unseen = decided - decided_seen;
	const withoutVerdict = completed > 0 ? unjudged / completed : 0;
	const withoutPage = decided > 0 ? unseen / decided : 0;
	const told = [
		withoutVerdict >= WORTH_SAYING &&
			`${formatCounted(unjudged, 'ceremony', 'ceremonies')} of ${formatCounted(completed, 'completed one')} (${formatShare(unjudged, completed)}) have no verdict`,
		withoutPage >= WORTH_SAYING &&
			`${formatCounted(unseen, 'verdict')} of ${decided} (${formatShare(unseen, decided)}) belong to a ceremony that no page told of`
	];
	if (told[0] && told[1] && withoutVerdict >= NEARLY_ALL && withoutPage >= NEARLY_ALL)
		return [
			`${told[0]}, and ${told[1]}: most likely both sides send and do not meet. Hand the page’s ceremonyId() to your server, and send it with the verdict.`
		];
	return [
		told[0] &&
			(withoutVerdict >= NEARLY_ALL
				? `${told[0]}: most likely the server sends none. Add @passlens/sdk/server where responses are verified, with the project’s server key.`
				: `${told[0]}: most likely one of several places that verify responses does not send, or a server’s requests fail. Look which release or application they share.`),
		told[1] &&
			(withoutPage >= NEARLY_ALL
				? `${told[1]}: most likely the page sends nothing. Check its key, the allowed origins and the Content-Security-Policy.`
				: `${told[1]}: usually blockers of trackers, pages left before they could send, and users without consent. A first-party address for the collector brings back most of the blocked ones.`)
	].filter((text): text is string => typeof text === 'string');
}
