import { expect } from 'vitest';
import type { PasslensEventInput } from '../../sdk/event/index.ts';
import type { Passlens } from './passlens.ts';
import { sendEvents } from './send-events.ts';

/** Sends what pages tell with the public key and what their servers tell with theirs, and expects every event to be taken. */
export async function sendVisits({
	passlens,
	keys,
	visits
}: {
	passlens: Pick<Passlens, 'collectorUrl'>;
	keys: { ingestKey: string; serverKey: string };
	visits: readonly { page: PasslensEventInput[]; server: PasslensEventInput[] }[];
}): Promise<void> {
	for (const [key, events] of [
		[keys.ingestKey, visits.flatMap(({ page }) => page)],
		[keys.serverKey, visits.flatMap(({ server }) => server)]
	] as const) {
		const answer = await sendEvents({ passlens, key, events });
		expect(answer).toMatchObject({ status: 202, receipt: { accepted: events.length } });
	}
}
