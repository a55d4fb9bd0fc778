import type { IncomingMessage } from 'node:http';
import { findSender, type Sender } from '../../settings/projects.ts';
import type { Settings } from '../../settings/open-settings.ts';
import type { Problem } from '../problem.ts';

const KNOWN_FOR_MS = 30_000;
const UNKNOWN_FOR_MS = 2_000;
const MAX_KEYS = 10_000;

/** Finds who sent a request. Keys are looked up once in a while, so a revoked one is refused within half a minute. */
export interface Authenticator {
	/** The sender, if its key is known and the page's origin is one of its project's. */
	authenticate(request: IncomingMessage): Promise<Sender | Problem>;
	/** For a preflight, which carries no Authorization header: whether any project, or the one of `?key=`, allows the origin. */
	allowsOrigin(request: IncomingMessage): Promise<boolean>;
}

export function createAuthenticator({ settings }: { settings: Settings }): Authenticator {
	const cache = new Map<string, { sender: Sender | undefined; until: number }>();

	async function lookUp(key: string): Promise<Sender | undefined> {
		const known = cache.get(key);
		if (known && known.until > Date.now()) return known.sender;
		const sender = await findSender(settings, key);
		if (cache.size >= MAX_KEYS) cache.clear();
		cache.set(key, { sender, until: Date.now() + (sender ? KNOWN_FOR_MS : UNKNOWN_FOR_MS) });
		return sender;
	}

	return {
		async authenticate(request) {
			const key = readKey(request);
			if (!key) return UNAUTHENTICATED;
			const sender = await lookUp(key);
			if (!sender) return UNKNOWN_KEY;
			const { origin } = request.headers;
			// Native apps and servers send no Origin; a server key is a secret, so a page's origin says nothing about it.
			if (sender.kind === 'ingest' && origin !== undefined && !sender.origins.includes(origin))
				return foreignOrigin(origin);
			return sender;
		},
		async allowsOrigin(request) {
			const { origin } = request.headers;
			if (!origin) return false;
			const key = readKey(request);
			if (key) return (await lookUp(key))?.origins.includes(origin) ?? false;
			const row = await settings
				.selectFrom('project_origin')
				.select('origin')
				.where('origin', '=', origin)
				.executeTakeFirst();
			return row !== undefined;
		}
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
		detail: `The project of this key does not take events from ${origin.slice(0, 255)}. Add it to the project's allowed origins.`
	};
}
