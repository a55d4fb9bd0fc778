import type { EventContextInput } from '../event/event.ts';
import { slug } from '../common/slug.ts';
import { attempt } from './attempt.ts';
import { observeCeremonies } from './observe-ceremonies.ts';
import { observeSignals } from './observe-signals.ts';
import { readClient } from './read-client.ts';
import { startSession } from './start-session.ts';
import { drain, sendBeacons } from './send.ts';
import { state } from './state.ts';

export interface InitOptions {
	/** Public URL of the collector, such as "https://passlens.example.com". */
	endpoint: string;
	/** The project's public key: `pk_…`. */
	projectKey: string;
	/** Which of your applications this is: "web", "webview" or your own slug. Default "web". */
	application?: string;
	/** Default "production". */
	environment?: string;
	/** Your application's version. At most 80 characters. */
	release?: string;
	/** Up to 20 tags for every event; keys up to 40 characters, values up to 120. What is over is cut off. */
	tags?: Record<string, string>;
	/** Logs each event and each answer to the console. */
	debug?: boolean;
}

/**
 * Starts observing passkey ceremonies on this page. Call it once, as early as possible; further calls, from another copy of
 * the SDK too, change nothing. Does nothing outside a browser. Never throws.
 */
export function init(options: InitOptions): void {
	if (typeof window === 'undefined' || state.url) return;
	attempt(() => {
		const { endpoint, projectKey, debug = false } = options;
		state.debug = debug;
		state.url = `${endpoint.replace(/\/+$/, '')}/v1/events?key=${encodeURIComponent(projectKey)}`;
		state.context = { ...state.context, ...describe(options) };
	});
	attempt(observeCeremonies);
	attempt(observeSignals);
	attempt(readClient);
	attempt(startSession);
	addEventListener('pagehide', sendBeacons);
	document.addEventListener('visibilitychange', () => document.hidden && sendBeacons());
	if (state.queue.length) state.timer ??= setTimeout(drain);
}

/** The site's words about itself, cut to what the contract takes: one bad tag must not cost every event. */
function describe({ application, environment, release, tags }: InitOptions): EventContextInput {
	return {
		...(application && { application: slug(application) }),
		...(environment && { environment: slug(environment) }),
		...(release && { release: release.slice(0, 80) }),
		...(tags && {
			tags: Object.fromEntries(
				Object.entries(tags)
					.filter(([key]) => key)
					.slice(0, 20)
					.map(([key, value]) => [key.slice(0, 40), String(value).slice(0, 120)])
			)
		})
	};
}
