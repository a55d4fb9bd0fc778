import type { PasslensEventInput } from '../../sdk/event/index.ts';
import type { Random } from '../../simulator/random.ts';
import type { Transmission } from '../../simulator/transmission.ts';

const HOUR_MS = 3_600_000;

const usersOf = ({ events }: Transmission) => events.map(({ user_ref }) => user_ref);

/** Visits in which the page named them. */
function visitsOf(user: string, transmissions: readonly Transmission[]): Set<string> {
	return new Set(
		transmissions
			.filter((one) => one.from === 'page' && usersOf(one).includes(user))
			.map(({ context }) => String(context.session_id))
	);
}

/**
 * Somebody with verdicts, all of whose ceremonies were of visits in which the page knew them: whoever is erased before a verdict
 * comes is found by what the page told, and what no page named stays nobody's.
 */
export function findErasable(transmissions: readonly Transmission[]): string {
	const pages = transmissions.filter(({ from }) => from === 'page');
	const visitOf = new Map(
		pages.flatMap(({ context, events }) =>
			events.flatMap((event) =>
				'ceremony_id' in event ? [[event.ceremony_id, String(context.session_id)] as const] : []
			)
		)
	);
	const verdicts = Map.groupBy(
		transmissions
			.filter(({ from }) => from === 'server')
			.flatMap(({ events }) => events)
			.filter(({ type, user_ref }) => type === 'ceremony.verdict' && user_ref),
		({ user_ref }) => user_ref!
	);
	const erasable = [...verdicts]
		.filter(([user, list]) => {
			const visits = visitsOf(user, pages);
			return list.every(
				(event) => 'ceremony_id' in event && visits.has(visitOf.get(event.ceremony_id!) ?? '')
			);
		})
		.sort(([, a], [, b]) => b.length - a.length);
	return erasable[0]![0];
}

/**
 * Two waves without order. In the first are half of what pages told, event by event, some twice, some from clocks hours off, and
 * all that the pages told of `erased`; in the second the other half, every verdict, and some of the first once more.
 */
export function tearApart(
	transmissions: readonly Transmission[],
	{ erased, random }: { erased: string; random: Random }
): [first: Transmission[], second: Transmission[]] {
	const waves: [Transmission[], Transmission[]] = [[], []];
	const visits = visitsOf(erased, transmissions);
	for (const whole of transmissions) {
		const atOnce = visits.has(String(whole.context.session_id));
		for (const event of whole.events) {
			const single = withWrongClock({ ...whole, events: [event] }, random);
			const wave = atOnce || (whole.from === 'page' && random.chance(0.5)) ? 0 : 1;
			waves[wave].push(single);
			if (random.chance(1 / 10)) waves[random.chance(0.5) ? wave : 1].push(single);
		}
	}
	return [shuffle(waves[0], random), shuffle(waves[1], random)];
}

/** One page in five has a clock that is off by hours, and knows it. */
function withWrongClock(transmission: Transmission, random: Random): Transmission {
	if (transmission.from === 'server' || !random.chance(0.2)) return transmission;
	const by = random.pick([-1, 1]) * random.int(1, 5) * HOUR_MS;
	const shift = (event: PasslensEventInput) => ({
		...event,
		time_unix_ms: event.time_unix_ms + by
	});
	return {
		...transmission,
		clockSkewMs: transmission.clockSkewMs + by,
		events: transmission.events.map(shift)
	};
}

function shuffle<Item>(list: readonly Item[], random: Random): Item[] {
	return list
		.map((item) => ({ item, at: random.next() }))
		.sort((a, b) => a.at - b.at)
		.map(({ item }) => item);
}
