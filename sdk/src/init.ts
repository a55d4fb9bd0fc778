import { slug } from '../common/slug.ts';
import { attempt } from './attempt.ts';
import { consent, type Consent } from './consent.ts';
import { observeCeremonies } from './observe-ceremonies.ts';
import { observeSignals } from './observe-signals.ts';
import { readClient } from './read-client.ts';
import { drain, schedule } from './send.ts';
import { state } from './state.ts';
import { watchPage } from './watch-page.ts';

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
	/** What the user agreed to. Default "full", or "anonymous" where the browser sends Global Privacy Control. */
	consent?: Consent;
	/** Share, from 0 to 1, of the autofill requests nobody touches that is told. Default 1. */
	conditionalSampling?: number;
}

/**
 * Starts observing passkey ceremonies on this page. Call it once, as early as possible; further calls, from another copy of
 * the SDK too, change nothing. Does nothing outside a browser. Never throws.
 */
export function init(options: InitOptions): void {
	if (typeof window === 'undefined' || state.url) return;
	attempt(() => {
		state.sampling = options.conditionalSampling;
		state.url = `${options.endpoint.replace(/\/$/, '')}/v1/events?key=${options.projectKey}`;
		// The site's words about itself, cut to what the contract takes: one bad tag must not cost every event.
		Object.assign(state.context, {
			application: slug(options.application),
			environment: slug(options.environment),
			release: options.release?.slice(0, 80) || undefined,
			tags: Object.fromEntries(
				Object.entries(options.tags ?? {})
					.slice(0, 20)
					.map(([key, value]) => [key.slice(0, 40), `${value}`.slice(0, 120)])
			)
		});
	});
	for (const begin of [observeCeremonies, observeSignals, watchPage, readClient]) attempt(begin);
	const signal = attempt(
		() => (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl
	);
	consent(options?.consent ?? (signal ? 'anonymous' : 'full'));
	state.drain = drain;
	state.schedule = schedule;
	if (state.queue.length) schedule(0);
}
