import { considerEnrolling } from './enroll.ts';
import type { Fact } from './facts.ts';
import { revoke } from './revoke.ts';
import { signIn, type SigninResult } from './sign-in.ts';
import type { Transmission } from './transmission.ts';
import {
	contextOf,
	isCapable,
	isSyncedCapable,
	openVisit,
	userAgentOfVisit,
	type Visit,
	type VisitOptions
} from './visit.ts';
import { blockerOf, canSignal } from './world/capabilities.ts';

const DAY_MS = 86_400_000;

/** One visit from the page's load to its end. */
export function runVisit(options: VisitOptions): { transmissions: Transmission[]; facts: Fact[] } {
	const { person, device, at } = options;
	const { random } = person;
	const visit = openVisit(options);
	const sessionId = visit.flowId;
	const deviceIndex = person.devices.indexOf(device);
	const remembered =
		person.lastDevice === deviceIndex &&
		at - person.lastVisitAt < 12 * DAY_MS &&
		random.chance(0.55);
	// A site that remembers its visitor says so at once; otherwise the page learns it from the sign-in.
	visit.identified = remembered;
	visit.page({ type: 'client.capabilities', ...visit.capabilities });

	let signin: SigninResult | undefined;
	if (!remembered) signin = signIn(visit);
	if (visit.identified) {
		considerEnrolling(visit, signin);
		considerRemoving(visit);
		person.lastVisitAt = at;
		person.lastDevice = deviceIndex;
	}
	const capable = isCapable(visit);
	visit.facts.push({
		kind: 'visit',
		at,
		user: visit.knownUser(),
		client: visit.client,
		named: remembered,
		capable,
		blocker: capable ? undefined : blockerOf(device, visit.capabilities),
		syncedCapable: isSyncedCapable(visit)
	});
	return { transmissions: transmit(visit, sessionId), facts: visit.facts };
}

/** Now and then someone tidies up in the account settings: an old phone, a key that is gone. */
function considerRemoving(visit: Visit) {
	const { person, random, release, device } = visit;
	const kept = person.credentials.filter(({ unknownToServer }) => !unknownToServer);
	if (!release.passkeys || kept.length < 2 || !random.chance(0.012 * person.trouble)) return;
	const removed = random.pick(kept);
	visit.pass(20);
	revoke(visit, removed, random.chance(0.25) ? 'lost' : 'user_removed');
	removed.unknownToServer = true;
	if (!canSignal(device)) return;
	visit.page({
		type: 'credential.signalled',
		signal: 'all_accepted_credentials',
		outcome: 'succeeded'
	});
	// The provider hides what the site no longer accepts.
	person.credentials = person.credentials.filter((held) => held !== removed);
}

/** How the visit's events travel: the page's in one or two batches, the server's on their own; few get lost in time or sent twice. */
function transmit(visit: Visit, sessionId: string): Transmission[] {
	const { random, person } = visit;
	const page = {
		from: 'page' as const,
		userAgent: userAgentOfVisit(visit),
		clockSkewMs: person.clockSkewMs,
		context: contextOf(visit, sessionId)
	};
	const split = visit.pageEvents.length > 6 ? random.int(2, 5) : visit.pageEvents.length;
	const parts = [visit.pageEvents.slice(0, split), visit.pageEvents.slice(split)].filter(
		(events) => events.length > 0
	);
	const sent: Transmission[] = parts.map((events) => {
		const last = Math.max(...events.map(({ time_unix_ms }) => time_unix_ms)) - person.clockSkewMs;
		// A phone that went offline delivers hours later; the queue of the page waits for it.
		const delay = random.chance(0.004 * person.trouble)
			? random.int(600_000, 30 * 3_600_000)
			: random.int(60, 2_500);
		return { ...page, sentAt: last + delay, events };
	});
	for (const event of visit.serverEvents)
		sent.push({
			from: 'server',
			userAgent: 'shop-server',
			clockSkewMs: 0,
			context: {
				application: 'web',
				environment: 'production',
				release: visit.release.name,
				synthetic: true
			},
			sentAt:
				event.time_unix_ms +
				(random.chance(0.01 * person.trouble)
					? random.int(60_000, 20 * 3_600_000)
					: random.int(20, 900)),
			events: [event]
		});
	// The answer got lost on its way back, so the sender tries again: the same events under the same ids.
	for (const transmission of [...sent])
		if (random.chance(0.008 * person.trouble))
			sent.push({ ...transmission, sentAt: transmission.sentAt + random.int(1_000, 90_000) });
	return sent;
}
