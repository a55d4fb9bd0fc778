import { attempt } from './attempt.ts';
import { oneWay, utf8 } from './one-way.ts';
import { state } from './state.ts';

/**
 * Says who uses the page: any stable reference of the site's own. Only its SHA-256 leaves the page, and the collector
 * hashes that again with a key. `null` or an empty string forgets the user. Takes effect at once, for events from now on;
 * the promise is there for callers that await and is already resolved.
 */
export async function identify(userRef: string | null): Promise<void> {
	state.userRef = userRef ? attempt(() => oneWay('user', utf8(userRef))) : undefined;
}
