import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { utcTime } from './column-types.ts';

/** What the site told of a flow: its start, what the user chose and came to, its end. A repeated event once. */
export const queryFlowEvents = defineQuery({
	name: 'flow-events',
	parameters: z.object({
		project: z.string(),
		flow_id: z.uuid(),
		from: z.iso.date(),
		to: z.iso.date()
	}),
	row: z.object({
		event_id: z.string(),
		event_type: z.enum(['flow.started', 'flow.chosen', 'flow.reached', 'flow.finished']),
		occurred_at: utcTime,
		purpose: z.string(),
		offered_methods: z.array(z.string()),
		step: z.string(),
		method: z.string(),
		outcome: z.string(),
		fallback_reason: z.string()
	}),
	sql: `
SELECT
	event_id, event_type, occurred_at, flow_purpose AS purpose, offered_methods, flow_step AS step,
	signin_method AS method, client_outcome AS outcome, fallback_reason
FROM events_raw_v1 FINAL
WHERE project_id = {project: String} AND flow_id = {flow_id: UUID}
	AND event_date BETWEEN {from: Date} AND {to: Date}
	AND event_type IN ('flow.started', 'flow.chosen', 'flow.reached', 'flow.finished')
ORDER BY occurred_at, event_id`
});

export type FlowEvent = Awaited<ReturnType<typeof queryFlowEvents>>[number];
