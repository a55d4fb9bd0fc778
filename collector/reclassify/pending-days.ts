import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** A day whose events were written again, and what is still to be made of that. */
export interface PendingDay {
	projectId: string;
	/** `YYYY-MM-DD`, UTC. */
	day: string;
	/** AAGUIDs of those events for which the tables of providers tell something else now: their ceremonies and credentials are to be remade. */
	aaguids: string[];
}

const listSchema = z.array(
	z.object({ projectId: z.string(), day: z.iso.date(), aaguids: z.array(z.string()) })
);

export type PendingDays = ReturnType<typeof openPendingDays>;

/** Days that are not through yet, kept in a file: a run that was killed in between is made good by the next. */
export function openPendingDays(dataDir: string) {
	const path = join(dataDir, 'reclassify-days.json');
	const days = new Map<string, PendingDay>();
	if (existsSync(path))
		for (const item of listSchema.parse(JSON.parse(readFileSync(path, 'utf8'))))
			days.set(keyOf(item), item);
	return {
		list: () => [...days.values()],
		/** They are on disk when it returns. */
		add(items: readonly PendingDay[]): void {
			for (const item of items) {
				const known = days.get(keyOf(item))?.aaguids ?? [];
				days.set(keyOf(item), { ...item, aaguids: [...new Set([...known, ...item.aaguids])] });
			}
			mkdirSync(dataDir, { recursive: true });
			writeFileSync(path, JSON.stringify([...days.values()]));
		},
		clear(): void {
			days.clear();
			rmSync(path, { force: true });
		}
	};
}

const keyOf = ({ projectId, day }: PendingDay) => `${projectId} ${day}`;
