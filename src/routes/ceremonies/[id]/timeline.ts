import { describeCause } from '$lib/format/cause-names.ts';
import { humanise, SIGNIN_METHOD_NAMES } from '$lib/format/names.ts';
import { formatDuration } from '$lib/format/number.ts';
import { mediationName } from '$lib/format/webauthn-names.ts';
import type { CeremonyDetail } from '$lib/server/queries/ceremony-detail.ts';
import type { queryCeremonyEvents } from '$lib/server/queries/ceremony-events.ts';
import type { FlowEvent } from '$lib/server/queries/flow-events.ts';
import type { queryCeremonyPrompt } from '$lib/server/queries/ceremony-prompt.ts';

import { flowEntries } from './flow-entries.ts';

export interface TimelineEntry {
	key: string;
	/** ISO 8601; null: it never came, or has no time of its own. */
	at: string | null;
	title: string;
	detail?: string;
	/** Whose word it is. */
	source: 'page' | 'server' | 'nobody';
	/** Name of a colour in app.css. */
	color: string;
	/** Milliseconds since the entry before; negative when the clocks of page and server differ. Null for the first. */
	gapMs: number | null;
}

type Prompt = Awaited<ReturnType<typeof queryCeremonyPrompt>>[number];
type RawEvent = Awaited<ReturnType<typeof queryCeremonyEvents>>[number];
type Entry = Omit<TimelineEntry, 'gapMs'>;

/**
 * What happened, one thing after the other, in the order the protocol has them: page and server keep different clocks,
 * so the order is not read from the times.
 */
export function timeline({
	ceremony,
	prompt,
	events,
	flow = []
}: {
	ceremony: CeremonyDetail;
	prompt: Prompt | undefined;
	events: readonly RawEvent[];
	/** What the site told of the flow this ceremony was part of. */
	flow?: readonly FlowEvent[];
}): TimelineEntry[] {
	const called = ceremony.started_at ?? ceremony.finished_at ?? '';
	const entries = [
		...flowEntries(flow.filter((event) => event.occurred_at <= called)),
		...promptEntries(prompt),
		...startEntries(ceremony),
		...endEntries(ceremony),
		...verdictEntries(ceremony),
		...signInEntries(events),
		...flowEntries(flow.filter((event) => event.occurred_at > called))
	];
	let before: string | null = null;
	return entries.map((entry) => {
		const gapMs = entry.at && before ? Date.parse(entry.at) - Date.parse(before) : null;
		before = entry.at ?? before;
		return { ...entry, gapMs };
	});
}

function promptEntries(prompt: Prompt | undefined): Entry[] {
	if (!prompt) return [];
	const detail = [
		`${humanise(prompt.purpose)}, ${prompt.mode}`,
		prompt.showing > 0 && `showing ${prompt.showing} for this user`,
		prompt.placement
	]
		.filter(Boolean)
		.join('; ');
	const shared = { source: 'page' as const, color: 'accent' };
	return [
		...(prompt.shown_at
			? [
					{
						key: 'shown',
						at: prompt.shown_at,
						title: 'The site’s prompt was shown',
						detail,
						...shared
					}
				]
			: []),
		...(prompt.accepted_at
			? [{ key: 'accepted', at: prompt.accepted_at, title: 'The user accepted it', ...shared }]
			: []),
		...(prompt.dismissed_at
			? [{ key: 'dismissed', at: prompt.dismissed_at, title: 'The user dismissed it', ...shared }]
			: [])
	];
}

function startEntries(ceremony: CeremonyDetail): Entry[] {
	const call = ceremony.ceremony_type === 'registration' ? 'create()' : 'get()';
	const started = ceremony.started_at;
	const lost = !started && ceremony.finished_at && ceremony.elapsed_ms !== null;
	const at = lost ? addMs(ceremony.finished_at!, -ceremony.elapsed_ms!) : started;
	if (!at)
		return [
			{
				key: 'started',
				at: null,
				title: `The page’s call of ${call} is not recorded`,
				detail: 'Only the server told of this ceremony: the page’s events were blocked or lost.',
				source: 'nobody',
				color: 'untouched'
			}
		];
	const entries: Entry[] = [
		{
			key: 'started',
			at,
			title: `The page called ${call}`,
			detail: lost
				? 'The record of the call was lost; its time is worked out from the end.'
				: `${mediationName(ceremony)} (mediation: ${ceremony.mediation})`,
			source: 'page',
			color: 'accent'
		}
	];
	if (ceremony.blurred && ceremony.blurred_after_ms !== null)
		entries.push({
			key: 'blurred',
			at: addMs(at, ceremony.blurred_after_ms),
			title: 'A dialog most likely appeared',
			detail: 'The page’s window lost the focus.',
			source: 'page',
			color: 'aborted'
		});
	return entries;
}

function endEntries(ceremony: CeremonyDetail): Entry[] {
	const { finished_at: at, outcome, elapsed_ms } = ceremony;
	// Without a dialog between, the gap says the same.
	const took =
		elapsed_ms === null || !ceremony.blurred ? '' : `${formatDuration(elapsed_ms)} after the call`;
	if (!at) {
		if (ceremony.verified !== null) return [];
		const [title, detail] = {
			pending: ['No end yet', 'It was started less than five minutes ago.'],
			untouched: [
				'Nobody picked a passkey',
				'A conditional request waits with its page; that is no failure.'
			]
		}[outcome as string] ?? [
			'No end was ever heard of',
			'The user left the page, the browser was closed, or the record was lost.'
		];
		return [
			{
				key: 'finished',
				at: null,
				title: title!,
				detail: detail!,
				source: 'nobody',
				color: outcome
			}
		];
	}
	if (ceremony.client_outcome === 'abandoned')
		return [
			{
				key: 'finished',
				at,
				title: 'The user left the page while the request was open',
				...(took && { detail: took }),
				source: 'page',
				color: 'abandoned'
			}
		];
	if (ceremony.client_outcome === 'succeeded')
		return [
			{
				key: 'finished',
				at,
				title: 'The browser handed the page a response',
				...(took && { detail: took }),
				source: 'page',
				color: 'succeeded'
			}
		];
	return [
		{
			key: 'finished',
			at,
			title: `It ended with ${ceremony.error_name || 'an error'}`,
			detail: [
				took,
				ceremony.cause && `most likely: ${describeCause(ceremony.cause).name.toLowerCase()}`
			]
				.filter(Boolean)
				.join('; '),
			source: 'page',
			color: outcome
		}
	];
}

function verdictEntries(ceremony: CeremonyDetail): Entry[] {
	if (ceremony.verified === null)
		return ceremony.client_outcome === 'succeeded'
			? [
					{
						key: 'verdict',
						at: null,
						title: 'No verdict of the server',
						detail: 'The response never reached it, or the server does not send verdicts.',
						source: 'nobody',
						color: 'untouched'
					}
				]
			: [];
	return [
		{
			key: 'verdict',
			at: ceremony.verdict_at,
			title: ceremony.verified
				? 'The server verified the response'
				: `The server refused it: ${describeCause(ceremony.refusal_reason).name.toLowerCase()}`,
			...(ceremony.verdict_detail && { detail: ceremony.verdict_detail }),
			source: 'server',
			color: ceremony.verified ? 'succeeded' : 'rejected'
		}
	];
}

function signInEntries(events: readonly RawEvent[]): Entry[] {
	return events
		.filter(({ event_type }) => event_type === 'signin.finished')
		.map((event) => ({
			key: event.event_id,
			at: event.occurred_at,
			title: `The site reported the sign-in: ${humanise(event.client_outcome).toLowerCase()}`,
			detail: `By ${(SIGNIN_METHOD_NAMES[event.signin_method] ?? event.signin_method).toLowerCase()}`,
			source: 'page' as const,
			color: event.client_outcome === 'succeeded' ? 'succeeded' : 'failed'
		}));
}

function addMs(at: string, ms: number): string {
	return new Date(Date.parse(at) + ms).toISOString();
}
