import type { ClickHouseClient } from '@clickhouse/client';
import type { Settings } from '../../../../settings/open-settings.ts';
import {
	readStreamSource,
	writeStreamSource,
	type StreamEvent
} from '../../../../settings/stream-events.ts';
import { BAD_STATUSES } from '../../format/fido-status.ts';
import { queryAuthenticators } from '../queries/authenticators.ts';
import { ocsfEvent } from './ocsf.ts';

/** Models of authenticators whose status in the FIDO Metadata Service is another than at the last look. */
export async function findAuthenticatorChanges({
	client,
	settings,
	source,
	now
}: {
	client: ClickHouseClient;
	settings: Settings;
	/** Under which name the last look is kept. */
	source: string;
	now: Date;
}): Promise<{ events: StreamEvent[]; done: (within: Settings) => Promise<void> }> {
	const kept = await readStreamSource(settings, source);
	const models = (await queryAuthenticators(client, {})).filter(({ mds_number }) => mds_number > 0);
	const before = kept === undefined ? undefined : (JSON.parse(kept) as Record<string, string>);
	const after = { ...before };
	for (const { aaguid, status } of models) after[aaguid] = status;
	const changed = models.filter(
		({ aaguid, status }) => before !== undefined && (before[aaguid] ?? status) !== status
	);
	const events = changed.map(({ aaguid, name, description, status, status_since }) => {
		const bad = BAD_STATUSES.some((one) => one === status);
		const was = before?.[aaguid] || 'none';
		return ocsfEvent({
			...{ topic: 'authenticators', ocsfClass: 'entity_management', activity: 'Update' },
			...{ projectId: '', identity: [aaguid, status, now.getTime()], at: now.getTime() },
			...{ severity: bad ? 'High' : 'Informational', status: 'Success' },
			message: `${description || name}: ${was} → ${status || 'none'}`,
			attributes: {
				entity: {
					...{ type: 'authenticator model', name: description || name, uid: aaguid },
					version: status || undefined
				}
			},
			unmapped: { status_before: was, status, status_since: status_since ?? undefined }
		});
	});
	return { events, done: (within) => writeStreamSource(within, source, JSON.stringify(after)) };
}
