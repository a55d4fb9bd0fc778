import type { TraceSpan } from '$lib/server/queries/trace-spans.ts';
import { expect, it } from 'vitest';
import { waterfall } from './waterfall.ts';

const AT = Date.parse('2026-11-02T10:00:00.000Z');
const iso = (ms: number) => new Date(AT + ms).toISOString();

const timeline = [
	{ key: 'started', at: iso(0), title: 'The page called get()' },
	{ key: 'blurred', at: iso(200), title: '' },
	{ key: 'finished', at: iso(3_000), title: '' },
	{ key: 'verdict', at: iso(3_060), title: '' }
];
const verdict = {
	event_type: 'ceremony.verdict',
	occurred_at: iso(3_060),
	received_at: iso(3_500),
	span_id: 'verify'
};
const span = (
	id: string,
	parent: string,
	from: number,
	ms: number,
	more: object = {}
): TraceSpan => ({
	...{ span_id: id, parent_span_id: parent, name: id, kind: 'Server', service: 'shop-api' },
	...{ started_unix_ms: AT + from, duration_ms: ms, status: 'Unset', found: 1 },
	...more
});
const told = (spans: TraceSpan[]) => waterfall({ timeline, events: [verdict], spans });

it('puts the page’s call, its dialog and the spans on one axis, spans within their parents', () => {
	const { rows, skew } = told([
		span('options', 'page', -1_000, 40),
		span('verify', 'page', 3_020, 80, { status: 'STATUS_CODE_ERROR', kind: 'SPAN_KIND_SERVER' }),
		span('select', 'verify', 3_030, 20, { kind: 'Client', status: 'Ok' })
	]);
	expect(skew).toBeUndefined();
	expect(rows.map((row) => [row.key, row.depth, row.offsetMs, row.durationMs, row.status])).toEqual(
		[
			['options', 0, -1_000, 40, 'unset'],
			['started', 0, 0, 3_000, 'unset'],
			['blurred', 1, 200, 2_800, 'unset'],
			['verify', 0, 3_020, 80, 'error'],
			['select', 1, 3_030, 20, 'ok']
		]
	);
	// From the first span to the end of the last: 4.1 s.
	expect(rows[1]!.left).toBeCloseTo((100 * 1_000) / 4_100);
	expect(rows[3]!.left + rows[3]!.width).toBeCloseTo(100);
	expect(rows.filter(({ decided }) => decided).map(({ key }) => key)).toEqual(['verify']);
	expect(rows[3]!.kind).toBe('server');
});

it('says that the server’s clock is behind when it decided before there was a response, and shifts nothing', () => {
	const { rows, skew } = told([span('verify', 'page', -60_000, 80)]);
	expect(skew).toEqual({ server: 'behind', atLeastMs: 62_920 });
	expect(rows.at(-1)).toMatchObject({ offsetMs: -60_000, left: 0, width: 100 });
	expect(rows[0]).toMatchObject({ left: 0, width: 100 });
});

it('says that it is ahead when it began after its own verdict had arrived', () => {
	expect(told([span('verify', 'page', 10_000, 80)]).skew).toEqual({
		server: 'ahead',
		atLeastMs: 6_500
	});
});

it('claims no difference where nothing tells which span decided', () => {
	expect(told([span('other', 'page', -60_000, 80)]).skew).toBeUndefined();
	expect(
		waterfall({ timeline, events: [], spans: [span('verify', '', -60_000, 1)] }).skew
	).toBeUndefined();
});

it('shows spans of a ceremony that only the server knows, without a distance from a call', () => {
	const { rows } = waterfall({
		timeline: [{ key: 'started', at: null, title: '' }],
		events: [verdict],
		spans: [span('verify', '', 0, 80)]
	});
	expect(rows).toMatchObject([{ key: 'verify', offsetMs: null, left: 0, width: 100 }]);
});

it('shows spans that name each other as parent once each', () => {
	const { rows } = told([span('a', 'b', 0, 1), span('b', 'a', 0, 1), span('c', 'c', 0, 1)]);
	expect(rows.slice(2).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
});

it('shows a call without an end as a beginning alone', () => {
	const { rows } = waterfall({ timeline: timeline.slice(0, 1), events: [], spans: [] });
	expect(rows).toMatchObject([{ key: 'started', durationMs: null, width: 0 }]);
});
