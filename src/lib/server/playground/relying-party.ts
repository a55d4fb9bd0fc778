import { refuse, type Answer } from './refusal.ts';

export interface RelyingParty {
	/** RP ID: the page's host name, `localhost` unless configured. */
	id: string;
	name: string;
	/** The one origin whose responses are taken. */
	origin: string;
}

/**
 * Works out who this relying party is: the configured origin, or the request's own host as long as that is `localhost`.
 * A host header from anywhere else is refused: an origin taken from the request proves nothing outside this machine.
 *
 * @param host the request's Host header
 * @param configured the server's own `ORIGIN`, as the entry or the operator set it
 */
export function relyingPartyFor({
	host,
	configured
}: {
	host: string | null;
	configured?: string | undefined;
}): Answer<{ relyingParty: RelyingParty }> {
	const url = URL.parse(configured || `http://${host ?? ''}`);
	if (!url) return refuse(400, 'host_invalid', 'The request names no host.');
	if (!configured && url.hostname !== 'localhost')
		return refuse(
			403,
			'host_not_local',
			`The playground works at http://localhost${url.port && `:${url.port}`} only: passkeys belong to a name, and browsers take "localhost" but no IP address. Open the page there.`
		);
	return {
		ok: true,
		relyingParty: { id: url.hostname, name: 'Passlens playground', origin: url.origin }
	};
}
