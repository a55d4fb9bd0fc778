import { randomBytes } from 'node:crypto';
import type { BatchInput } from '../../sdk/event/index.ts';

/**
 * A batch of ten events, or so many, as pages send them: `ceremonies` of them a start and an end, the rest small ones.
 * Ten with one ceremony are about 1.5 kB.
 */
export function sampleBatch({
	ceremonies,
	size = 10
}: {
	ceremonies: number;
	size?: number;
}): BatchInput {
	const now = Date.now();
	const id = () => uuidV7(now);
	const events: object[] = Array.from({ length: ceremonies }, () => ({
		ceremony_id: id(),
		ceremony_type: 'authentication',
		request: {}
	})).flatMap((ceremony) => [
		{ type: 'ceremony.started', ...ceremony },
		{
			type: 'ceremony.finished',
			...ceremony,
			outcome: 'error',
			elapsed_ms: 900,
			error: { name: 'AbortError' }
		}
	]);
	while (events.length < size) events.push({ type: 'client.capabilities', webauthn: true });
	return {
		schema_version: 1,
		sent_unix_ms: now,
		sdk: { name: '@passlens/sdk', version: '0.1.0' },
		context: { session_id: id(), user_ref: randomBytes(32).toString('base64url') },
		events: events.map((event) => ({ id: id(), time_unix_ms: now, ...event }))
	};
}

export function uuidV7(at: number): string {
	const bytes = randomBytes(16);
	bytes.writeUIntBE(at, 0, 6);
	bytes[6] = (bytes[6]! & 0x0f) | 0x70;
	bytes[8] = (bytes[8]! & 0x3f) | 0x80;
	return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
