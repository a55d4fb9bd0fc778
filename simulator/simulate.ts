import type { Fact } from './facts.ts';
import { createRandom } from './random.ts';
import { runVisit } from './run-visit.ts';
import type { Transmission } from './transmission.ts';
import { createPerson, type Person } from './world/people.ts';
import { REGRESSIONS, type Regression } from './world/regressions.ts';
import { releaseAt } from './world/releases.ts';

export interface Scenario {
	seed: string;
	users: number;
	/** How many days are simulated, `end` included. */
	days: number;
	/** Last day, `YYYY-MM-DD`, UTC. */
	end: string;
	/** Multiplies what rarely happens (refusals, lost and repeated batches, wrong clocks …), so that few people meet all of it. Default 1. */
	trouble?: number;
	/** What releases broke. Default: the rollout's own (`world/regressions.ts`); none: `[]`. */
	regressions?: readonly Regression[];
	/**
	 * How likely somebody who signs in on a system that their passkey's provider does not serve takes it along to another password
	 * manager there. Default 0: nobody does.
	 */
	moves?: number;
	/** What a rollout hardly ever is, for tests. */
	extremes?: Extremes;
}

export interface Extremes {
	/** Everybody comes in the last seconds of the day, so that visits and ceremonies span midnight. */
	atMidnight?: boolean;
	/** The hour of UTC at which that day ends, for a midnight elsewhere; 24 when left out. */
	dayEndsAt?: number;
	/** Days, from 0, on which nobody comes: the site is closed. */
	closed?: readonly number[];
	/** Everybody has a phone, a tablet and two computers. */
	manyDevices?: boolean;
}

/** One day: what was delivered on it, in order of arrival, and what truly happened. */
export interface SimulatedDay {
	day: string;
	transmissions: Transmission[];
	facts: Fact[];
}

const DAY_MS = 86_400_000;
/** Visits by weekday from Sunday on: a shop of an office-hours country. */
const WEEKDAYS = [0.86, 1.15, 1.12, 1.1, 1.05, 0.97, 0.75];
/** Visits by hour (UTC): asleep, commute, lunch, and the long evening. Nobody is about when the date changes. */
const HOURS = [0, 0, 0, 0, 0.2, 1, 3, 5, 6, 6, 6, 6.5, 7, 6.5, 6, 6, 6, 7, 8, 9, 9, 7, 3, 0].map(
	(weight, hour) => [hour, weight] as const
);
const SERVER_BATCH = 100;

/**
 * The rollout, day by day, as a stream: memory holds the people and what is still on its way, never the history.
 * The same scenario gives the same stream.
 */
export function* simulate({
	seed,
	users,
	days,
	end,
	trouble = 1,
	regressions = REGRESSIONS,
	moves = 0,
	extremes: { atMidnight = false, dayEndsAt = 24, closed = [], manyDevices = false } = {}
}: Scenario): Generator<SimulatedDay> {
	const people: Person[] = [];
	const calendar = Array.from({ length: days }, (): number[] => []);
	const start = Date.parse(end) - (days - 1) * DAY_MS;
	for (let index = 0; index < users; index++) {
		const person = createPerson({ seed, index, trouble, manyDevices });
		people.push(person);
		const first =
			joinDay({ seed, index, days }) + Math.floor(person.random.wait(person.rhythm * 0.6));
		calendar[first]?.push(index);
	}
	let onTheirWay: Transmission[] = [];
	for (let day = 0; day < days; day++) {
		const startOfDay = start + day * DAY_MS;
		const facts: Fact[] = [];
		const release = releaseAt(day / days);
		if (closed.includes(day)) calendar[day + 1]?.push(...calendar[day]!.splice(0));
		for (const index of calendar[day] ?? []) {
			const person = people[index]!;
			const at = startOfDay + (atMidnight ? justBefore(dayEndsAt, person) : momentOfDay(person));
			const device = person.random.weighted(
				person.devices.map((each) => [each, each.share] as const)
			);
			const visit = runVisit({
				...{ person, device, at, release, regressions, moves },
				daysBeforeEnd: days - 1 - day
			});
			onTheirWay.push(...visit.transmissions);
			facts.push(...visit.facts);
			calendar[nextVisit(person, day, startOfDay)]?.push(index);
		}
		calendar[day] = [];
		const midnight = startOfDay + DAY_MS;
		// What is still on its way when the simulation ends arrives on its last day: nothing is left behind.
		const arrives = ({ sentAt }: Transmission) => sentAt < midnight || day === days - 1;
		const delivered = onTheirWay.filter(arrives).sort((a, b) => a.sentAt - b.sentAt);
		onTheirWay = onTheirWay.filter((transmission) => !arrives(transmission));
		facts.sort((a, b) => a.at - b.at);
		yield {
			day: new Date(startOfDay).toISOString().slice(0, 10),
			transmissions: bundleServerEvents(delivered),
			facts
		};
	}
}

/** Seven in ten were customers before; the others arrive over time, more of them towards the end. */
function joinDay({ seed, index, days }: { seed: string; index: number; days: number }): number {
	const random = createRandom(`${seed}:join:${index}`);
	return random.chance(0.7) ? 0 : Math.floor(Math.pow(random.next(), 0.8) * days);
}

/** Waits as long as the person's rhythm says, and longer where the day chosen is a quiet one. */
function nextVisit(person: Person, day: number, startOfDay: number): number {
	const wait = Math.max(1, Math.round(person.random.wait(person.rhythm)));
	const weekday = new Date(startOfDay + wait * DAY_MS).getUTCDay();
	return day + wait + (person.random.chance(1.15 - WEEKDAYS[weekday]!) ? 1 : 0);
}

const momentOfDay = ({ random }: Person) =>
	random.weighted(HOURS) * 3_600_000 + Math.floor(random.next() * 3_600_000);

const justBefore = (hour: number, { random }: Person) =>
	hour * 3_600_000 - 1 - Math.floor(random.next() * 15_000);

/** The site's server collects its verdicts for some seconds before it sends them. */
function bundleServerEvents(transmissions: Transmission[]): Transmission[] {
	const bundled: Transmission[] = [];
	const open = new Map<string, Transmission>();
	for (const transmission of transmissions) {
		if (transmission.from === 'page') {
			bundled.push(transmission);
			continue;
		}
		const key = String(transmission.context.release);
		const bundle = open.get(key);
		if (
			bundle &&
			bundle.events.length < SERVER_BATCH &&
			transmission.sentAt - bundle.sentAt < 20_000
		) {
			bundle.events.push(...transmission.events);
			bundle.sentAt = transmission.sentAt;
			continue;
		}
		const next = { ...transmission, events: [...transmission.events] };
		open.set(key, next);
		bundled.push(next);
	}
	return bundled.sort((a, b) => a.sentAt - b.sentAt);
}
