import { errorFields, type Log } from '../log.ts';

const READ_AGAIN_MS = 2_000;

/** Reads what the operator says every two seconds, so that a change counts in every running collector. A settings store that is away changes nothing. */
export function keepReading({
	read,
	what,
	log
}: {
	/** Looks whether something changed, and takes it. */
	read(): Promise<void>;
	/** What is read, as the log says it: "The names of errors". */
	what: string;
	log: Log;
}): { close(): void } {
	let reading = false;
	const timer = setInterval(() => {
		if (reading) return;
		reading = true;
		read()
			.catch((error: unknown) =>
				log('warn', `${what} cannot be read; the last known are used.`, errorFields(error))
			)
			.finally(() => (reading = false));
	}, READ_AGAIN_MS).unref();
	return { close: () => clearInterval(timer) };
}
