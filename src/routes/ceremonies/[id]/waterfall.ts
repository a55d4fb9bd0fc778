import type { queryCeremonyEvents } from '$lib/server/queries/ceremony-events.ts';
import type { TraceSpan } from '$lib/server/queries/trace-spans.ts';
import type { TimelineEntry } from './timeline.ts';

export interface WaterfallRow {
	key: string;
	name: string;
	/** `Page`, or the service that made the span. */
	service: string;
	/** OpenTelemetry's kind of span, such as `server`; empty for the page. */
	kind: string;
	status: 'ok' | 'error' | 'unset';
	/** How many spans it lies within. */
	depth: number;
	/** The server's span within which the verdict was sent. */
	decided: boolean;
	/** Milliseconds from the page's call by the clock of its own side; null: the call is not recorded. */
	offsetMs: number | null;
	/** Null: its end is not known. */
	durationMs: number | null;
	/** Where its bar stands, in percent of the axis. */
	left: number;
	width: number;
}

export interface Waterfall {
	rows: WaterfallRow[];
	/** By how much the clocks of page and server differ at least, where what cannot be tells so; the bars then have an axis each. */
	skew: { server: 'behind' | 'ahead'; atLeastMs: number } | undefined;
}

type RawEvent = Pick<
	Awaited<ReturnType<typeof queryCeremonyEvents>>[number],
	'event_type' | 'occurred_at' | 'received_at' | 'span_id'
>;
type Bar = Omit<WaterfallRow, 'left' | 'width' | 'offsetMs'> & { from: number; to: number };

/** What two clocks of one machine, and a clock in whole milliseconds, differ by without anything being wrong. */
const TOLERATED_MS = 20;

/** The page's call and the spans of its trace on one axis. Nothing is shifted: each side's times are its own clock's. */
export function waterfall({
	timeline,
	events,
	spans
}: {
	timeline: readonly Pick<TimelineEntry, 'key' | 'at' | 'title'>[];
	events: readonly RawEvent[];
	spans: readonly TraceSpan[];
}): Waterfall {
	const page = pageBars(timeline);
	const decidedIn = events.find(({ event_type }) => event_type === 'ceremony.verdict')?.span_id;
	const server = spanBars(spans, decidedIn);
	const skew = findSkew({ timeline, events, server });
	const called = page[0]?.from ?? null;
	const place = (bars: Bar[], axis: Bar[]): WaterfallRow[] => {
		const start = Math.min(...axis.map(({ from }) => from));
		const length = Math.max(1, ...axis.map(({ to }) => to - start));
		return bars.map(({ from, to, ...row }) => ({
			...row,
			offsetMs: called === null ? null : from - called,
			left: (100 * (from - start)) / length,
			width: (100 * (to - from)) / length
		}));
	};
	const rows = skew
		? [...place(page, page), ...place(server, server)]
		: place(inOrder([...page, ...server]), [...page, ...server]);
	return { rows, skew };
}

/** By their beginning, what lies within one after it. */
function inOrder(bars: Bar[]): Bar[] {
	const groups: Bar[][] = [];
	for (const bar of bars)
		if (bar.depth === 0) groups.push([bar]);
		else groups.at(-1)!.push(bar);
	return groups.sort(([a], [b]) => a!.from - b!.from).flat();
}

/** The call from its start to its end, and the dialog within it. */
function pageBars(timeline: readonly Pick<TimelineEntry, 'key' | 'at' | 'title'>[]): Bar[] {
	const timeOf = (key: string) => {
		const at = timeline.find((entry) => entry.key === key)?.at;
		return at ? Date.parse(at) : undefined;
	};
	const end = timeOf('finished');
	const bar = (key: string, name: string, depth: number): Bar[] => {
		const from = timeOf(key);
		if (from === undefined) return [];
		const ended = end !== undefined && end >= from;
		return [
			{
				...{ key, name, service: 'Page', kind: '', status: 'unset', depth, decided: false },
				...{ from, to: ended ? end : from, durationMs: ended ? end - from : null }
			}
		];
	};
	const call = timeline.find(({ key }) => key === 'started')?.title ?? '';
	return [...bar('started', call, 0), ...bar('blurred', 'The dialog, most likely', 1)];
}

/** Depth first, as they lie within one another; a span whose parent is not here stands at the edge. */
function spanBars(spans: readonly TraceSpan[], decidedIn: string | undefined): Bar[] {
	const ids = new Set(spans.map(({ span_id }) => span_id));
	const children = Map.groupBy(spans, ({ parent_span_id }) =>
		ids.has(parent_span_id) ? parent_span_id : ''
	);
	const seen = new Set<string>();
	const within = (parent: string, depth: number): Bar[] =>
		(children.get(parent) ?? []).flatMap((span) => {
			if (seen.has(span.span_id)) return [];
			seen.add(span.span_id);
			return [spanBar(span, depth, decidedIn), ...within(span.span_id, depth + 1)];
		});
	const placed = within('', 0);
	// Spans that name each other as parent lie within nothing.
	return [
		...placed,
		...spans.filter(({ span_id }) => !seen.has(span_id)).map((one) => spanBar(one, 0, decidedIn))
	];
}

const spanBar = (span: TraceSpan, depth: number, decidedIn: string | undefined): Bar => ({
	...{ key: span.span_id, name: span.name, service: span.service, depth },
	kind: plain(span.kind, 'span_kind_'),
	status: STATUSES[plain(span.status, 'status_code_')] ?? 'unset',
	decided: span.span_id === decidedIn,
	...{ from: span.started_unix_ms, to: span.started_unix_ms + span.duration_ms },
	durationMs: span.duration_ms
});

/** Older exporters write OpenTelemetry's own constants. */
const plain = (word: string, prefix: string) => word.toLowerCase().replace(prefix, '');

const STATUSES: Record<string, WaterfallRow['status']> = { ok: 'ok', error: 'error' };

/**
 * The server cannot decide before the page has a response, nor begin after its verdict had arrived: where its times say so, the
 * clocks differ.
 */
function findSkew({
	timeline,
	events,
	server
}: {
	timeline: readonly Pick<TimelineEntry, 'key' | 'at'>[];
	events: readonly RawEvent[];
	server: readonly Bar[];
}): Waterfall['skew'] {
	const verdict = events.find(({ event_type }) => event_type === 'ceremony.verdict');
	const decided = server.find(({ decided }) => decided);
	if (!verdict || !decided) return undefined;
	const responded = timeline.find(({ key }) => key === 'finished')?.at;
	const behind = responded ? Date.parse(responded) - decided.to : 0;
	if (behind > TOLERATED_MS) return { server: 'behind', atLeastMs: behind };
	const ahead = decided.from - Date.parse(verdict.received_at);
	return ahead > TOLERATED_MS ? { server: 'ahead', atLeastMs: ahead } : undefined;
}
