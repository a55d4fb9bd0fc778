import { basename } from 'node:path';
import { errorFields, type Log } from '../log.ts';
import { findReplays } from './dead-letters.ts';

const EVERY_MS = 2_000;

/** Gives dead letters that somebody handed back to the spool again. @returns what ends it */
export function keepReplays({
	directory,
	spool,
	log
}: {
	directory: string;
	spool: { adopt(path: string): Promise<void> };
	log: Log;
}): () => void {
	async function replay(): Promise<void> {
		try {
			for (const path of await findReplays({ directory })) {
				log('info', 'Trying a dead letter again.', { segment: basename(path) });
				await spool.adopt(path);
			}
		} catch (error) {
			log('warn', 'Dead letters that were handed back cannot be read.', errorFields(error));
		}
	}
	const timer = setInterval(() => void replay(), EVERY_MS).unref();
	return () => clearInterval(timer);
}
