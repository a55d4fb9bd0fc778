import { listErasedIdentifiers } from '../../settings/erasures.ts';
import type { Settings } from '../../settings/open-settings.ts';
import type { Pseudonyms } from '../../settings/pseudonymise.ts';
import type { EventRow } from '../store/event-row.ts';

/** Keeps erased people out: what they did before their erasure is not taken in again, however late it comes. */
export interface ShutOut {
	/** Whether an event is of somebody who was erased after it happened. */
	covers(row: EventRow, pseudonyms: Pick<Pseudonyms, 'id'>): boolean;
	/** Reads the list anew. */
	refresh(): Promise<void>;
}

/** Holds the list in memory: it is asked for each event. */
export function createShutOut({ settings }: { settings: Settings }): ShutOut {
	let lists = new Map<string, Map<string, number>>();
	return {
		covers(row, pseudonyms) {
			const list = lists.get(row.project_id ?? '');
			if (!list) return false;
			const happened = row.occurred_at ?? 0;
			for (const identifier of identifiersOf(row, pseudonyms))
				if (happened <= (list.get(identifier) ?? -1)) return true;
			return false;
		},
		async refresh() {
			const next = new Map<string, Map<string, number>>();
			for (const { projectId, identifier, until } of await listErasedIdentifiers(settings)) {
				let list = next.get(projectId);
				if (!list) next.set(projectId, (list = new Map()));
				list.set(identifier, until);
			}
			lists = next;
		}
	};
}

function* identifiersOf(row: EventRow, pseudonyms: Pick<Pseudonyms, 'id'>): Generator<string> {
	yield String(row.user_hash ?? 0);
	yield String(row.credential_hash ?? 0);
	if (row.ceremony_id) yield pseudonyms.id('ceremony', row.ceremony_id);
	// Whoever is named beside it may have shared the visit with the one who was erased.
	if (row.user_hash && row.user_hash !== '0') return;
	if (row.session_id) yield pseudonyms.id('session', row.session_id);
	if (row.prompt_id) yield pseudonyms.id('prompt', row.prompt_id);
	if (row.flow_id) yield pseudonyms.id('flow', row.flow_id);
}
