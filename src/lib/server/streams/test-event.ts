import { randomUUID } from 'node:crypto';
import type { StreamEvent } from '../../../../settings/stream-events.ts';
import type { Stream } from '../../../../settings/streams.ts';
import { ocsfEvent } from './ocsf.ts';

/** An event that says it is a trial: nothing happened. */
export function testEvent({ id, name, topics }: Stream): StreamEvent {
	return ocsfEvent({
		...{ topic: topics[0]!, ocsfClass: 'entity_management', activity: 'Other' },
		...{ activityName: 'Test', projectId: '', identity: [randomUUID()], at: Date.now() },
		...{ severity: 'Informational', status: 'Success' },
		message: 'Somebody tried this stream: events of Passlens reach it. There is nothing to do.',
		attributes: { entity: { type: 'stream', uid: id, name } }
	});
}
