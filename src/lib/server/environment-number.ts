import { EnvironmentError } from './environment-error.ts';

type Environment = Record<string, string | undefined>;

/** A longer pause would overflow the runtime's timer, which then never pauses. */
const WEEK_S = 604_800;

/** Every number that the dashboard reads from its environment, with what it is where nobody set it. */
const NUMBERS = {
	/** Seconds between two looks; 0: this process never looks. */
	PASSLENS_ALERTS_EVERY_S: { least: 0, most: WEEK_S, usual: 60 },
	PASSLENS_EVIDENCE_EVERY_S: { least: 0, most: WEEK_S, usual: 600 },
	PASSLENS_SITE_CHECKS_EVERY_S: { least: 0, most: WEEK_S, usual: 6 * 3_600 },
	PASSLENS_STREAMS_EVERY_S: { least: 0, most: WEEK_S, usual: 10 },
	PASSLENS_STREAMS_FILE_MB: { least: 1, most: 100_000, usual: 64 },
	/** Requests that one key or person may make; each process counts for itself. */
	PASSLENS_API_PER_MINUTE: { least: 1, most: 1_000_000, usual: 300 },
	/** Within a quarter of an hour, by one network; each process counts for itself. */
	PASSLENS_FAILED_SIGN_INS: { least: 1, most: 1_000_000, usual: 30 }
} as const satisfies Record<string, { least: number; most: number; usual: number }>;

export type EnvironmentNumber = keyof typeof NUMBERS;

/** @throws EnvironmentError of what is no such number: a pause that was mistyped must not end the looks, nor a limit be none */
export function environmentNumber(env: Environment, name: EnvironmentNumber): number {
	const { least, most, usual } = NUMBERS[name];
	const text = env[name];
	if (!text) return usual;
	const value = Number(text);
	if (value >= least && value <= most) return value;
	throw new EnvironmentError(`${name} must be a number from ${least} to ${most}, not "${text}".`);
}

/** Reads all of them, so that a mistake ends the start and not the first request that needs it. @throws EnvironmentError */
export function checkEnvironmentNumbers(env: Environment): void {
	for (const name of Object.keys(NUMBERS) as EnvironmentNumber[]) environmentNumber(env, name);
}
