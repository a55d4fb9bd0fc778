import type { ClickHouseClient } from '@clickhouse/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseOptions } from '../../migrations/connect.ts';
import {
	findErasure,
	finishErasure,
	listErasuresToDo,
	requestErasure,
	shutOut as shutOutOf,
	type Erasure
} from '../../settings/erasures.ts';
import { noteAudit } from '../../settings/access/audit-log.ts';
import type { Settings } from '../../settings/open-settings.ts';
import { findPseudonymKey } from '../../settings/projects.ts';
import { pseudonymise } from '../../settings/pseudonymise.ts';
import { forgetStreamEvents } from '../../settings/stream-events.ts';
import { errorFields, type Log } from '../log.ts';
import { erasePerson } from './erase-person.ts';
import { exportPerson, type PersonExport } from './export-person.ts';
import { findTraces, type Traces } from './find-traces.ts';
import { removeFromDeadLetters, untilStored } from './spool-of-person.ts';
import type { ShutOut } from './shut-out.ts';

/** What a collector does for people who ask what is known of them, or ask to be forgotten. */
export interface People {
	/** Shuts a person out and waits, so long as `patienceMs`, for their erasure. */
	erase(person: { projectId: string; userHash: string; patienceMs: number }): Promise<Erasure>;
	export(person: { projectId: string; userHash: string }): Promise<PersonExport>;
	close(): Promise<void>;
}

const LOOK_EVERY_MS = 2_000;
/** An event this late is marked `late` and hardly ever comes; ids of visits and ceremonies are kept out for as long. */
const FORGET_AFTER_MS = 30 * 86_400_000;

/**
 * Does the erasures that anybody asked for, here, at another collector or by command: what is under way in the spool goes
 * into the database first, then the person is deleted from every table and from the segments that were set aside.
 * Every collector does each, since each has a spool of its own; a second time finds nothing.
 */
export function keepPeople({
	client,
	database,
	settings,
	shutOut,
	spoolDirectory,
	startedFrom,
	log
}: {
	/** A session of its own: an erasure must hold up neither an insert nor the rollup. */
	client: ClickHouseClient;
	database: DatabaseOptions;
	settings: Settings;
	shutOut: ShutOut;
	spoolDirectory: string;
	/** When the oldest segment was begun that an earlier run left: it may hold whom another collector erased since. */
	startedFrom: number;
	log: Log;
}): People {
	const done = new Set<string>();
	let timer: NodeJS.Timeout | undefined;
	let closing = false;
	let looking: Promise<void> | undefined;

	function look(): Promise<void> {
		clearTimeout(timer);
		looking ??= work().finally(() => {
			looking = undefined;
			if (!closing) timer = setTimeout(() => void look(), LOOK_EVERY_MS).unref();
		});
		return looking;
	}

	async function work(): Promise<void> {
		try {
			const waiting = await listErasuresToDo(settings, { since: startedFrom });
			for (const erasure of waiting.filter(({ id }) => !done.has(id))) {
				if (closing) return;
				await eraseOne(erasure);
				done.add(erasure.id);
			}
		} catch (error) {
			log('warn', 'An erasure could not be done; it will be tried again.', errorFields(error));
		}
	}

	async function eraseOne(erasure: Erasure): Promise<void> {
		const { id, projectId, userHash, requestedAt } = erasure;
		const person = { projectId, userHash, until: requestedAt };
		await shutOut.refresh();
		// What was taken before the list was read anew is still under way.
		await untilStored({ directory: spoolDirectory, until: Date.now() });
		await shutOutTraces(erasure, await findTraces(client, person));
		await untilStored({ directory: spoolDirectory, until: Date.now() });
		const { events, traces } = await erasePerson({ client, database, person });
		await removeFromDeadLetters({
			...{ client, database, person, traces },
			directory: spoolDirectory
		});
		await forgetStreamEvents(settings, { projectId, userHash });
		await finishErasure(settings, { id, events });
		log('info', 'A person was erased.', { project: projectId, events });
	}

	async function shutOutTraces(erasure: Erasure, traces: Traces): Promise<void> {
		const { id } = pseudonymise({ key: await findPseudonymKey(settings, erasure.projectId) });
		await shutOutOf(settings, { erasure, identifiers: traces.credentials });
		await shutOutOf(settings, {
			erasure,
			forgetAt: erasure.requestedAt + FORGET_AFTER_MS,
			identifiers: [
				...traces.ceremonies.map((value) => id('ceremony', value)),
				...traces.sessions.map((value) => id('session', value)),
				...traces.prompts.map((value) => id('prompt', value)),
				...traces.flows.map((value) => id('flow', value))
			]
		});
		await shutOut.refresh();
	}

	timer = setTimeout(() => void look(), 0).unref();
	return {
		async erase({ projectId, userHash, patienceMs }) {
			await noteAudit(settings, { ...aboutUser({ projectId, userHash }), action: 'erased' });
			const { id } = await requestErasure(settings, { projectId, userHash });
			await shutOut.refresh();
			await looking;
			void look();
			return untilErased({ settings, id, patienceMs });
		},
		async export({ projectId, userHash }) {
			await noteAudit(settings, { ...aboutUser({ projectId, userHash }), action: 'exported' });
			return exportPerson({ client, person: { projectId, userHash, until: Date.now() } });
		},
		async close() {
			closing = true;
			clearTimeout(timer);
			await looking;
		}
	};
}

/** For the audit log: who holds a project's server key asked about a person. */
const aboutUser = ({ projectId, userHash }: { projectId: string; userHash: string }) => ({
	actor: { kind: 'server-key' as const, name: `server key of ${projectId}` },
	projectId,
	subject: `user ${BigInt(userHash).toString(16).padStart(16, '0')}`
});

/** Waits until a collector did it. @returns the erasure as it is then: without `erasedAt` when patience ended first */
export async function untilErased({
	settings,
	id,
	patienceMs
}: {
	settings: Settings;
	id: string;
	patienceMs: number;
}): Promise<Erasure> {
	for (const end = Date.now() + patienceMs; ; await sleep(100)) {
		const erasure = await findErasure(settings, id);
		if (erasure.erasedAt !== undefined || Date.now() >= end) return erasure;
	}
}
