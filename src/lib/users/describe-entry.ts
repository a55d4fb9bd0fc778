import { describeCause } from '../format/cause-names.ts';
import { dayOf } from '../format/date.ts';
import { FALLBACK_REASON_NAMES, humanise, SIGNIN_METHOD_NAMES } from '../format/names.ts';
import { formatDuration } from '../format/number.ts';
import { CEREMONY_NAMES, mediationName } from '../format/webauthn-names.ts';
import type { TimelineEntry } from '../server/queries/user-timeline.ts';
import type { TimelineKind } from './timeline-kinds.ts';

export const TIMELINE_KIND_NAMES: Record<TimelineKind, string> = {
	signin: 'Sign-ins',
	ceremony: 'Ceremonies',
	prompt: 'Prompts',
	credential: 'Credentials'
};

/** An entry in a reader's words. */
export interface EntryWords {
	title: string;
	/** Further facts, in the order they matter. */
	details: string[];
	/** The colour of its dot: a name of `app.css`. */
	color: string;
}

const PURPOSES: Record<string, string> = {
	enroll: 'Offered a passkey',
	upgrade: 'Offered to upgrade',
	sign_in: 'Asked to sign in by passkey'
};
const ANSWERS: Record<string, { text: string; color: string }> = {
	accepted: { text: 'accepted', color: 'succeeded' },
	dismissed: { text: 'dismissed', color: 'cancelled' },
	unanswered: { text: 'not answered', color: 'faint' }
};
const STEPS: Record<string, { text: string; color: string }> = {
	first_seen: { text: 'Passkey first seen', color: 'accent' },
	registered: { text: 'Passkey registered', color: 'accent' },
	backed_up: { text: 'Passkey now backed up (BS set)', color: 'accent' },
	no_longer_backed_up: { text: 'Passkey no longer backed up (BS cleared)', color: 'abandoned' },
	eligibility_changed: { text: 'Eligibility (BE) changed, which WebAuthn forbids', color: 'todo' },
	illegal: {
		text: 'Backed up (BS) without being eligible (BE), which WebAuthn forbids',
		color: 'todo'
	},
	signalled: { text: 'Provider told that the site does not know the passkey', color: 'faint' },
	revoked: { text: 'Passkey revoked', color: 'faint' }
};

/** @param provider of the entry's credential; empty: not known */
export function describeEntry(entry: TimelineEntry, provider: string): EntryWords {
	const client = [entry.os_name, entry.browser_name].filter(Boolean).join(', ');
	const words = {
		ceremony: ceremonyWords,
		signin: signinWords,
		prompt: promptWords,
		credential: credentialWords
	}[entry.kind](entry);
	return { ...words, details: [...words.details, provider, client].filter(Boolean) };
}

function ceremonyWords(entry: TimelineEntry): EntryWords {
	const { what, outcome, reason, confidence, mode, automatic, cross_device, elapsed_ms } = entry;
	return {
		title: `${CEREMONY_NAMES[what as keyof typeof CEREMONY_NAMES] ?? humanise(what)} ceremony`,
		color: outcome,
		details: [
			...(reason ? [[describeCause(reason).name, confidence].filter(Boolean).join(', ')] : []),
			mediationName({ mediation: mode, automatic }),
			...(cross_device ? ['another device answered'] : []),
			...(elapsed_ms === null ? [] : [formatDuration(elapsed_ms)])
		]
	};
}

function signinWords({ what, outcome, reason, elapsed_ms }: TimelineEntry): EntryWords {
	const method = what ? (SIGNIN_METHOD_NAMES[what] ?? humanise(what)) : 'No method told';
	const done = outcome === 'succeeded';
	return {
		title: done
			? `Signed in: ${method.toLowerCase()}`
			: `Sign-in: ${method.toLowerCase()}, ${humanise(outcome).toLowerCase()}`,
		color: done ? 'succeeded' : 'failed',
		details: [
			...(reason
				? [
						`after a passkey was tried: ${(FALLBACK_REASON_NAMES[reason] ?? humanise(reason)).toLowerCase()}`
					]
				: []),
			...(elapsed_ms === null ? [] : [formatDuration(elapsed_ms)])
		]
	};
}

function promptWords({ what, outcome, mode, showing }: TimelineEntry): EntryWords {
	const answer = ANSWERS[outcome] ?? { text: humanise(outcome), color: 'faint' };
	return {
		title: `${PURPOSES[what] ?? `Prompt: ${humanise(what).toLowerCase()}`}, ${answer.text}`,
		color: answer.color,
		details: [humanise(mode), ...(showing > 0 ? [`showing ${showing}`] : [])]
	};
}

function credentialWords({ what, outcome, reason }: TimelineEntry): EntryWords {
	const step = STEPS[what] ?? { text: humanise(what), color: 'accent' };
	const refused = outcome === 'refused';
	return {
		title: refused ? 'Passkey registered, and refused by the server' : step.text,
		color: refused ? 'rejected' : step.color,
		details: reason ? [humanise(reason)] : []
	};
}

/** Entries that came newest first, by the project's day. */
export function byDay(
	entries: readonly TimelineEntry[],
	zone: string
): { day: string; entries: TimelineEntry[] }[] {
	const days = Map.groupBy(entries, ({ at }) => dayOf(at, zone));
	return [...days].map(([day, of]) => ({ day, entries: of }));
}
