import { formatDuration } from '$lib/format/number.ts';

/** What the collector refused, as it tells it. */
export interface RefusalTold {
	/** Empty: nobody knows whose. */
	project_id: string;
	path: string;
	code: string;
	field: string;
	reason: string;
	refusals: number;
	/** ISO 8601. */
	last_at: string;
}

export interface SetUpTrouble {
	/** Stable: the collector's code, or our own. */
	code: string;
	title: string;
	/** What happened, and why. */
	text: string;
	/** What to do. */
	fix: string;
	/** An origin that could be allowed by a click. */
	origin?: string;
	/** How often, and when last (ISO 8601); absent: it is true now. */
	seen?: { times: number; lastAt: string };
}

/** Under this a clock is not worth a word: times are put right. */
const WORTH_TELLING_MS = 60_000;

/** What keeps events out, or wrong, each with its fix: the project's own first. */
export function findSetUpTroubles({
	refusals,
	endpoint,
	origins,
	collectors,
	skewMs
}: {
	refusals: RefusalTold[];
	/** Public address of the collector. */
	endpoint: string;
	origins: string[];
	/** How many report, or did within a minute. */
	collectors: number;
	/** Median of the wrong clocks among the senders; null: none was wrong. */
	skewMs: number | null;
}): SetUpTrouble[] {
	const troubles: SetUpTrouble[] = [];
	if (collectors === 0)
		troubles.push({
			code: 'no_collector',
			title: 'No collector is running',
			text: 'None has reported to this database within a minute, so nothing can arrive.',
			fix: 'npm start runs one beside the dashboard; alone it is node collector/main.ts. One that has just started reports within ten seconds.'
		});
	if (origins.length === 0)
		troubles.push({
			code: 'no_origin',
			title: 'No origin is allowed',
			text: 'Browsers name the page’s origin with what they send, and this project takes none yet. Apps and servers need none.',
			fix: 'Allow the origin of the page that signs people in, under step 1.'
		});
	const secure = origins.find((origin) => origin.startsWith('https:'));
	if (secure && endpoint.startsWith('http:') && !isLoopback(endpoint))
		troubles.push({
			code: 'mixed_content',
			title: 'The endpoint is not HTTPS',
			text: `Pages of ${secure} are HTTPS, and browsers let them send to HTTPS alone.`,
			fix: 'Put the collector behind HTTPS and start the dashboard with PASSLENS_COLLECTOR_URL=https://…'
		});
	if (secure && isLoopback(endpoint))
		troubles.push({
			code: 'endpoint_on_loopback',
			title: 'The endpoint is on this machine',
			text: `${endpoint} leads every visitor of ${secure} to their own machine.`,
			fix: 'Give the collector a public address and start the dashboard with PASSLENS_COLLECTOR_URL=https://… For a try on this machine, allow http://localhost with your port instead.'
		});
	troubles.push(...refusals.map(describeRefusal));
	if (skewMs !== null && Math.abs(skewMs) >= WORTH_TELLING_MS)
		troubles.push({
			code: 'clock',
			title: 'A sender’s clock is wrong',
			text: `It is ${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'behind' : 'ahead'} (median of those that are off). Its events are put right by the collector’s clock.`,
			fix: 'If it is your server’s or your test device’s: set it by NTP. Visitors’ clocks need nothing.'
		});
	return troubles;
}

function describeRefusal(refusal: RefusalTold): SetUpTrouble {
	const { code, field, reason, refusals, last_at } = refusal;
	const told = REFUSALS[code]?.(refusal) ?? {
		title: field ? `${field} was refused` : 'Events were refused',
		text: `${field ? `The field ${field} ${reason}` : capitalise(reason)}${/[.]$/.test(reason) ? '' : '.'}`,
		fix: 'Send it as the contract says: sdk/event/schema.json has every field with its limits. The events beside it were taken.'
	};
	return { code, ...told, seen: { times: refusals, lastAt: last_at } };
}

type Told = Pick<SetUpTrouble, 'title' | 'text' | 'fix' | 'origin'>;

const REFUSALS: Record<string, (refusal: RefusalTold) => Told> = {
	origin_not_allowed: ({ project_id, reason }) => {
		const origin = originIn(reason);
		return {
			title: 'Blocked by CORS: the origin is not allowed',
			text: `${origin ?? 'A page'} sent ${project_id ? 'with this project’s key' : 'and asked first, which names no key'}, and ${project_id ? 'the project does' : 'no project does'} not allow it. The browser’s console shows a CORS error.`,
			fix: origin ? `Allow ${origin}, if it is yours.` : 'Allow the page’s origin, under step 1.',
			...(origin && { origin })
		};
	},
	key_unknown: () => ({
		title: 'Wrong key',
		text: 'Somebody sent with a key that no project has, or that was revoked.',
		fix: 'Copy the snippet below again: it holds this project’s key. A revoked key is not taken up again.'
	}),
	key_missing: () => ({
		title: 'No key',
		text: 'Somebody sent without a key, or with a secret one in the address, where it is not taken.',
		fix: 'The SDK sends projectKey by itself. By HTTP: authorization: Bearer pk_…'
	}),
	server_key_required: ({ reason }) => ({
		title: 'Verdicts need the server key',
		text: `${capitalise(reason)}.`,
		fix: 'Send verdicts and revocations from your server, with a server key (sk_…), not with the page’s.'
	}),
	environment_not_allowed: ({ reason }) => ({
		title: 'The key belongs to another environment',
		text: `The field environment ${reason}.`,
		fix: 'Use a key without an environment, or the one made for it.'
	}),
	schema_version_unknown: ({ reason }) => ({
		title: 'The SDK is of another version',
		text: capitalise(reason),
		fix: 'Bring SDK and collector to the same version: the collector first.'
	}),
	content_type_unsupported: ({ reason }) => ({
		title: 'Wrong content type',
		text: capitalise(reason),
		fix: 'Send application/json.'
	}),
	too_many_requests: ({ reason }) => ({
		title: 'More than the key’s share',
		text: capitalise(reason),
		fix: 'The SDK waits and sends again. Raise COLLECTOR_REQUESTS_PER_SECOND if this is your usual traffic.'
	}),
	spool_full: ({ reason }) => ({
		title: 'The spool is full',
		text: capitalise(reason),
		fix: 'See on the Collector page why the database does not take what waits.'
	})
};

/** The origin a reason names. */
function originIn(reason: string): string | undefined {
	const [named] = /https?:\/\/[^\s/"<>]+[^\s/"<>.]/.exec(reason) ?? [];
	return named && URL.parse(named)?.origin === named ? named : undefined;
}

function isLoopback(address: string): boolean {
	const host = URL.parse(address)?.hostname ?? '';
	return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}

function capitalise(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
