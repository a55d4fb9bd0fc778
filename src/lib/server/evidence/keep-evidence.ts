import type { ClickHouseClient } from '@clickhouse/client';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { databaseOptionsFromEnvironment } from '../../../../migrations/connect.ts';
import { noteAudit } from '../../../../settings/access/audit-log.ts';
import {
	listEvidenceSchedules,
	noteScheduledEvidence,
	type EvidenceSchedule,
	type EvidenceTurn
} from '../../../../settings/evidence-schedule.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { listProjects } from '../../../../settings/projects.ts';
import { countDays, shiftDay, today } from '../../filters.ts';
import { keepTask } from '../keep-task.ts';
import { makeEvidence } from './make-evidence.ts';
import { writeEvidence } from './write-evidence.ts';

/** What the last minutes of a day sent is in the tables by then. */
const AFTER_MIDNIGHT_MS = 3_600_000;

interface Shared {
	/** Where it is written, a folder for each project. */
	directory: string;
	now?: Date;
}

/** Where what is made by itself goes: PASSLENS_EVIDENCE_DIR, or beside the other data. */
export const evidenceDirectory = (env: Record<string, string | undefined>) =>
	env.PASSLENS_EVIDENCE_DIR || join(databaseOptionsFromEnvironment(env).dataDir, 'evidence');

/** Makes evidence by itself for the projects that want it, in one of the processes that offer to. @returns a function that ends it */
export function keepEvidence({
	client,
	settings,
	directory,
	everyMs,
	onError
}: Shared & {
	client: () => Promise<ClickHouseClient>;
	settings: () => Promise<Settings>;
	everyMs: number;
	onError: (error: unknown) => void;
}): () => Promise<void> {
	return keepTask({
		...{ lease: 'evidence', settings, everyMs, onError },
		run: async (store) => makeDueEvidence({ client, settings: store, directory })
	});
}

/** The last day of the newest week (to Sunday) or month that is over where a project is, and how many days it has. */
export function lastTurn(
	every: EvidenceTurn,
	zone: string,
	now: Date
): { on: string; days: number } {
	const over = shiftDay(today(zone, new Date(now.getTime() - AFTER_MIDNIGHT_MS)), -1);
	if (every === 'week') {
		const on = shiftDay(over, -new Date(over).getUTCDay());
		return { on, days: 7 };
	}
	const first = `${shiftDay(over, 1).slice(0, 8)}01`;
	const on = shiftDay(first, -1);
	return { on, days: countDays({ from: `${on.slice(0, 8)}01`, to: on }) };
}

/** Makes what is due now. What fails is told on the page, and tried again in the next round. */
export async function makeDueEvidence({
	client,
	settings,
	directory,
	now = new Date()
}: Shared & { client: () => Promise<ClickHouseClient>; settings: Settings }): Promise<void> {
	const projects = await listProjects(settings);
	for (const schedule of await listEvidenceSchedules(settings)) {
		const project = projects.find(({ id }) => id === schedule.projectId);
		if (!project) continue;
		const { on, days } = lastTurn(schedule.every, project.timeZone, now);
		if (schedule.lastAsOf >= on) continue;
		const folder = resolve(join(directory, project.id, `${on}-${schedule.every}`));
		try {
			// Before anything is made, and noted as made.
			await mkdir(dirname(folder), { recursive: true });
			const evidence = await makeEvidence({
				...{ client: await client(), settings, project, on, days, now },
				author: schedule.author,
				note: `Made by itself at the end of the ${schedule.every}`
			});
			// Of an attempt that was ended before it could be noted.
			await rm(folder, { recursive: true, force: true });
			await writeEvidence(folder, evidence);
			await noteScheduledEvidence(settings, project.id, { asOf: on, folder });
			await noteMade(settings, schedule, on);
		} catch (error) {
			await noteScheduledEvidence(settings, project.id, {
				error: error instanceof Error ? error.message : String(error)
			});
		}
	}
}

async function noteMade(settings: Settings, { projectId, author }: EvidenceSchedule, on: string) {
	await noteAudit(settings, {
		actor: { kind: 'schedule', name: author },
		...{ action: 'exported', projectId, subject: '/evidence' },
		detail: { as_of: on }
	});
}
