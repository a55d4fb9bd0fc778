import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestKey, readSenders, type Sender } from '../../settings/projects.ts';
import type { Settings } from '../../settings/open-settings.ts';
import { errorFields, type Log } from '../log.ts';
import type { Problem } from '../problem.ts';
import { cutText } from '../cut-text.ts';

const READ_AGAIN_MS = 2_000;
/** Strangers' keys and origins may make it read at once, this often at most. */
const ASKED_FOR_MS = 250;

/** Finds who sent a request. */
export interface Authenticator {
	/** The sender, if its key is known and the page's origin is one of its project's; else the problem, with the project where the key told it. */
	authenticate(request: IncomingMessage): Promise<Sender | (Problem & { projectId?: string })>;
	/** For a preflight, which carries no Authorization header: whether any project, or the one of `?key=`, allows the origin. */
	allowsOrigin(request: IncomingMessage): Promise<boolean>;
	close(): void;
}

/**
 * Holds every key and origin in memory and reads them again every two seconds, so a change reaches each running collector in
 * that time, a known sender never waits for the settings store, and a store that is away stops nobody who was known. Nobody is
 * refused by what was read before they asked: what is not known waits for a reading that begins after it came, a quarter of a
 * second at most, which all strangers of that time share.
 *
 * @throws what the settings store throws when it cannot be read the first time
 */
export async function openAuthenticator({
	settings,
	log
}: {
	settings: Settings;
	log: Log;
}): Promise<Authenticator> {
	let senders = await readSenders(settings);
	let readAt = performance.now();
	let reading: Promise<void> | undefined;
	let nextReading: Promise<void> | undefined;
	let away = false;

	function readAgain(): Promise<void> {
		reading ??= read().finally(() => (reading = undefined));
		return reading;
	}

	async function read(): Promise<void> {
		readAt = performance.now();
		try {
			senders = await readSenders(settings);
			if (away) log('info', 'The settings can be read again.');
			away = false;
		} catch (error) {
			if (!away)
				log('warn', 'The settings cannot be read; the last known are used.', errorFields(error));
			away = true;
		}
	}

	/** Ends with a reading that began after it was called; one that already runs may have missed what was just written. */
	function readForStrangers(): Promise<void> {
		nextReading ??= (async () => {
			await sleep(Math.max(0, readAt + ASKED_FOR_MS - performance.now()));
			nextReading = undefined;
			await reading;
			await readAgain();
		})();
		return nextReading;
	}

	/** What is known now, or after reading again. */
	async function find<Found>(look: () => Found | undefined): Promise<Found | undefined> {
		const known = look();
		if (known !== undefined) return known;
		await readForStrangers();
		return look();
	}

	const timer = setInterval(() => void readAgain(), READ_AGAIN_MS).unref();
	return {
		async authenticate(request) {
			const key = readKey(request);
			if (!key) return UNAUTHENTICATED;
			const digest = digestKey(key);
			const sender = await find(() => senders.get(digest));
			if (!sender) return UNKNOWN_KEY;
			const { origin } = request.headers;
			// Native apps and servers send no Origin; a server key is a secret, so a page's origin says nothing about it.
			if (sender.kind === 'server' || origin === undefined || sender.origins.includes(origin))
				return sender;
			const allowing = () => {
				const again = senders.get(digest);
				return again?.origins.includes(origin) ? again : undefined;
			};
			return (await find(allowing)) ?? { ...foreignOrigin(origin), projectId: sender.projectId };
		},
		async allowsOrigin(request) {
			const { origin } = request.headers;
			if (!origin) return false;
			const key = readKey(request);
			const allows = (sender: Sender | undefined) => sender?.origins.includes(origin) || undefined;
			const digest = key && digestKey(key);
			const look = digest
				? () => allows(senders.get(digest))
				: () => senders.values().some(allows) || undefined;
			return (await find(look)) ?? false;
		},
		close: () => clearInterval(timer)
	};
}

/** `authorization: Bearer …`, or `?key=` for beacons, which cannot set headers. A secret key is not taken from an address: those get logged. */
function readKey(request: IncomingMessage): string | undefined {
	const bearer = /^Bearer +((?:pk|sk)_[\w-]{1,100})$/i.exec(request.headers.authorization ?? '');
	if (bearer) return bearer[1];
	return /[?&]key=(pk_[\w-]{1,100})(?:&|$)/.exec(request.url ?? '')?.[1];
}

const UNAUTHENTICATED: Problem = {
	status: 401,
	code: 'key_missing',
	title: 'No key',
	detail:
		'Send the project key as "Authorization: Bearer pk_…" or, from a beacon, as "?key=pk_…". Server keys (sk_…) go in the header only.'
};

const UNKNOWN_KEY: Problem = {
	status: 401,
	code: 'key_unknown',
	title: 'Unknown key',
	detail: 'No project has this key, or it was revoked.'
};

function foreignOrigin(origin: string): Problem {
	return {
		status: 403,
		code: 'origin_not_allowed',
		title: 'Origin not allowed',
		detail: `The project of this key does not take events from ${cutText(origin, 255)}. Add it to the project's allowed origins.`
	};
}
