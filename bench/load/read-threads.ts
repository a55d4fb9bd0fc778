import { readdir, readFile } from 'node:fs/promises';

/** Name under which the main thread's is given. */
export const EVENT_LOOP = 'the event loop';

/** Seconds of processor time a process has used, by what its threads are for. Linux only. */
export async function readThreads(pid: number): Promise<Map<string, number>> {
	const seconds = new Map<string, number>();
	for (const thread of await readdir(`/proc/${pid}/task`)) {
		const stat = await readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => undefined);
		if (stat === undefined) continue;
		const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
		// After the name: state is the first, time in user and kernel mode the 12th and 13th, in hundredths of a second.
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		const used = (Number(fields[11]) + Number(fields[12])) / 100;
		const what = thread === String(pid) ? EVENT_LOOP : name;
		seconds.set(what, (seconds.get(what) ?? 0) + used);
	}
	return seconds;
}
