import { formatAgo, toDate } from '$lib/format/date.ts';
import { formatCounted, formatFixed, formatShare } from '$lib/format/number.ts';

export interface CollectorState {
	collector: string;
	reported_at: string;
	silent_ms: number;
	stopped: boolean;
	spool_bytes: number;
	spool_max_bytes: number;
	segments_waiting: number;
	last_error: string;
	stored_at: string | null;
	dead_letters: { name: string; rows: number; error: string }[];
}

/** A collector reports every ten seconds: after this it is away, or cannot reach the database. */
const SILENT_MS = 60_000;
const FULL_SHARE = 0.8;

export type Condition = 'running' | 'stopped' | 'silent';

export function conditionOf({ stopped, silent_ms }: CollectorState): Condition {
	if (stopped) return 'stopped';
	return silent_ms > SILENT_MS ? 'silent' : 'running';
}

export interface Trouble {
	title: string;
	/** What happened, and what to do. */
	text: string;
	command?: string;
}

/** What asks somebody to do something, most urgent first. */
export function findTroubles(
	collectors: CollectorState[],
	tables: { name: string; last_error: string; loaded_at: string | null }[]
): Trouble[] {
	const troubles: Trouble[] = [];
	const running = collectors.filter((one) => conditionOf(one) === 'running');
	for (const one of collectors.filter((each) => conditionOf(each) === 'silent'))
		troubles.push({
			title: 'A collector is silent',
			text: `${one.collector} last reported ${formatAgo(one.reported_at)}, and it does so every ten seconds. Either it ended without saying so, or it cannot reach the database; what it acknowledged is in its spool.`
		});
	if (collectors.length > 0 && running.length === 0)
		troubles.push({
			title: 'No collector is running',
			text: 'Nothing can arrive. Start one: npm start runs it beside the dashboard, or run it alone.',
			command: 'node collector/main.ts'
		});
	for (const one of running) {
		if (one.spool_max_bytes > 0 && one.spool_bytes / one.spool_max_bytes > FULL_SHARE)
			troubles.push({
				title: 'A spool is nearly full',
				text: `${one.collector} has ${formatBytes(one.spool_bytes)} waiting, ${formatShare(one.spool_bytes, one.spool_max_bytes)} of its bound. When it is full, senders are asked to wait. See why the database does not keep up.`
			});
		if (one.last_error)
			troubles.push({
				title: 'The database does not take what arrives',
				text: `${one.collector} keeps it in its spool and tries again. The newest answer: ${one.last_error}`
			});
	}
	const dead = collectors.flatMap(({ dead_letters }) => dead_letters);
	if (dead.length > 0)
		troubles.push({
			title: `${formatCounted(dead.length, 'segment')} set aside`,
			text:
				dead.length === 1
					? 'The database refused it for its content; it is kept and holds up nothing. Mend the cause, then replay it.'
					: 'The database refused them for their content; they are kept and hold up nothing. Mend the cause, then replay them.',
			command: 'npm run dead-letters'
		});
	for (const { name, last_error, loaded_at } of tables.filter((table) => table.last_error))
		troubles.push({
			title: `The table "${name}" could not be refreshed`,
			text: `${last_error} ${loaded_at ? `The last good one, of ${formatAgo(loaded_at)}, stays in use.` : 'None was loaded yet.'}`
		});
	return troubles;
}

/** The sentence that says whether data is arriving. */
export function summarise(
	collectors: CollectorState[],
	accepted: number,
	now: Date = new Date()
): string {
	if (collectors.length === 0) return 'No collector has reported in the last day.';
	const newest = collectors
		.map(({ stored_at }) => stored_at)
		.filter((at) => at !== null)
		.sort((a, b) => toDate(a).getTime() - toDate(b).getTime())
		.at(-1);
	if (!newest) return 'The collector is running; nothing has arrived since it started.';
	return `Events last reached the database ${formatAgo(newest, now)}; ${formatCounted(accepted, 'event')} in the last 24 hours.`;
}

/** Bytes as a reader says them. */
export function formatBytes(bytes: number): string {
	const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
	const step = bytes < 1_000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
	const value = bytes / 1_000 ** step;
	return `${formatFixed(value, value < 10 && step > 0 ? 1 : 0)}\u202f${units[step]}`;
}
