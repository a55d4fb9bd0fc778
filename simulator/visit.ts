import type { EventContextInput, PasslensEventInput } from '../sdk/event/index.ts';
import type { ClientFact, Fact } from './facts.ts';
import type { Random } from './random.ts';
import { capabilitiesOf, canCreateSynced, type Capabilities } from './world/capabilities.ts';
import { clientHintsOf, userAgentOf, type Device } from './world/client.ts';
import type { Person } from './world/people.ts';
import type { Regression } from './world/regressions.ts';
import type { Release } from './world/releases.ts';

/** The tag that names the variant of the offer's words. */
export const EXPERIMENT = 'offer-copy';

const experimentOf = ({ offerCopy }: Person) => ({ [EXPERIMENT]: offerCopy });

type OwnFields<T> = T extends unknown
	? Omit<T, 'id' | 'time_unix_ms' | 'user_ref' | 'synthetic'>
	: never;
/** An event's own fields; the visit adds the rest. */
export type NewEvent = OwnFields<PasslensEventInput>;

/** One person at one browser for some minutes: a clock, and what its page and the site's server report. */
export interface Visit {
	readonly person: Person;
	readonly device: Device;
	readonly random: Random;
	readonly release: Release;
	readonly regressions: readonly Regression[];
	/** How likely a passkey is taken along; see Scenario. */
	readonly moves: number;
	readonly client: ClientFact;
	readonly capabilities: Capabilities;
	/** True time, Unix milliseconds. */
	now: number;
	/** The page has called identify(). */
	identified: boolean;
	/** One attempt at something: ties its events together. */
	flowId: string;
	readonly daysBeforeEnd: number;
	readonly facts: Fact[];
	readonly pageEvents: PasslensEventInput[];
	readonly serverEvents: PasslensEventInput[];
	/** Lets seconds pass: log-normal around this many. */
	pass(medianSeconds: number): void;
	/** The page reports something, on its own clock. */
	page(event: NewEvent, at?: number): void;
	/** The site's server reports something, on the true clock. */
	server(event: NewEvent): void;
	newFlow(): void;
	/** UUIDv7 as the page would make it: on its own clock. */
	pageId(): string;
	/** One-way reference of the person, once the page knows who it is. */
	knownUser(): string | undefined;
}

export interface VisitOptions extends Pick<
	Visit,
	'person' | 'device' | 'release' | 'regressions' | 'moves' | 'daysBeforeEnd'
> {
	/** When it begins, in true time, Unix milliseconds. */
	at: number;
}

export function openVisit({
	person,
	device,
	at,
	release,
	regressions,
	moves,
	daysBeforeEnd
}: VisitOptions): Visit {
	const { random, clockSkewMs, ref, role } = person;
	const named = { user_ref: ref, ...(role && { tags: { role } }) };
	const visit: Visit = {
		person,
		device,
		random,
		release,
		regressions,
		moves,
		daysBeforeEnd,
		client: {
			os: device.os,
			browser: device.browser,
			ecosystem: device.ecosystem,
			application: device.browser === 'WebView' ? 'webview' : 'web',
			release: release.name,
			offerCopy: person.offerCopy
		},
		capabilities: capabilitiesOf(device, daysBeforeEnd),
		now: at,
		identified: false,
		flowId: random.uuidv7(at + clockSkewMs),
		facts: [],
		pageEvents: [],
		serverEvents: [],
		pass: (medianSeconds) => {
			visit.now += Math.max(5, Math.round(random.around(medianSeconds * 1000)));
		},
		page: (event, at = visit.now) => {
			const time_unix_ms = at + clockSkewMs;
			visit.pageEvents.push({
				id: random.uuidv7(time_unix_ms),
				time_unix_ms,
				...(visit.identified && named),
				// An event's own tags stand in place of the batch's.
				...(visit.identified && role && { tags: { ...named.tags, ...experimentOf(person) } }),
				flow_id: visit.flowId,
				...event
			} as PasslensEventInput);
		},
		server: (event) => {
			visit.serverEvents.push({
				id: random.uuidv7(visit.now),
				time_unix_ms: visit.now,
				...named,
				...event
			} as PasslensEventInput);
		},
		newFlow: () => {
			visit.flowId = visit.pageId();
		},
		pageId: () => random.uuidv7(visit.now + clockSkewMs),
		knownUser: () => (visit.identified ? person.ref : undefined)
	};
	return visit;
}

/** What every event of this visit's page shares. */
export function contextOf(visit: Visit, sessionId: string): EventContextInput {
	return {
		session_id: sessionId,
		application: visit.client.application,
		environment: 'production',
		release: visit.release.name,
		tags: experimentOf(visit.person),
		client: clientHintsOf(visit.device, visit.daysBeforeEnd),
		synthetic: true
	};
}

export const userAgentOfVisit = ({ device, daysBeforeEnd }: Visit) =>
	userAgentOf(device, daysBeforeEnd);

/** The client can use a passkey, its own or a phone's; a browser that only takes security keys does not count. */
export const isCapable = ({ capabilities: { webauthn, ...can } }: Visit) =>
	webauthn &&
	(can.platform_authenticator === true ||
		can.conditional_mediation === true ||
		can.capabilities?.['hybridTransport'] === true);

export const isSyncedCapable = ({ device }: Visit) => canCreateSynced(device);
