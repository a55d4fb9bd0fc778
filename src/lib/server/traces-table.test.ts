import { expect, it } from 'vitest';
import { tracesTable } from './traces-table.ts';

it('is the exporter’s own table unless another is named', () => {
	expect(tracesTable({})).toEqual({ database: 'default', table: 'otel_traces' });
	expect(tracesTable({ PASSLENS_TRACES_TABLE: 'otel.spans_v2' })).toEqual({
		database: 'otel',
		table: 'spans_v2'
	});
});

it.each(['otel_traces', 'a.b.c', 'otel.', 'otel.`x`', 'otel.x y', "otel.x'", 'otel.1x'])(
	'refuses %s, and says what to write',
	(name) => {
		expect(() => tracesTable({ PASSLENS_TRACES_TABLE: name })).toThrow(
			`such as otel.otel_traces, not "${name}"`
		);
	}
);
