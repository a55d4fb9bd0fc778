import type { Fact } from '../../simulator/facts.ts';
import { simulate, type Scenario, type SimulatedDay } from '../../simulator/simulate.ts';
import type { Transmission } from '../../simulator/transmission.ts';
import { hashReference } from '../../simulator/world/people.ts';

/** What was sent, and what truly happened. */
export interface World {
	transmissions: Transmission[];
	facts: Fact[];
}

const VIRTUAL_AAGUID = '01020304-0506-0708-0102-030405060708';

/** A simulated world whose people are in no other, and whose senders know how wrong their clocks are. */
export function makeWorld(scenario: Scenario): World {
	const days = [...simulate(scenario)];
	const world: World = {
		transmissions: days
			.flatMap(({ transmissions }) => transmissions)
			.map((one) => ({ ...one, knowsItsSkew: true })),
		facts: days.flatMap(({ facts }) => facts)
	};
	let text = JSON.stringify(world);
	for (let index = 0; index < scenario.users; index++)
		text = text.replaceAll(
			hashReference('user', `person-${index}`),
			hashReference('user', `${scenario.seed}-${index}`)
		);
	return JSON.parse(text) as World;
}

/** The same, told as real. */
export function asReal({ facts, transmissions }: World): World {
	return {
		facts,
		transmissions: transmissions.map(({ context, ...rest }) => ({
			...rest,
			context: { ...context, synthetic: false }
		}))
	};
}

/** The same, every passkey made in it by a browser's virtual authenticator. */
export function withVirtualAuthenticators({ facts, transmissions }: World): World {
	return {
		facts,
		transmissions: transmissions.map(({ events, ...rest }) => ({
			...rest,
			events: events.map((event) =>
				'credential' in event && event.credential?.aaguid
					? { ...event, credential: { ...event.credential, aaguid: VIRTUAL_AAGUID } }
					: event
			)
		}))
	};
}

/**
 * What is left of a world's facts without ceremonies of virtual authenticators: those whose passkey was made in it.
 * Whoever had one was there all the same.
 */
export function withoutTests(facts: readonly Fact[]): Fact[] {
	const made = new Set(
		facts.flatMap((fact) =>
			fact.kind === 'ceremony' && fact.type === 'registration' && fact.credential
				? [fact.credential.ref]
				: []
		)
	);
	return facts.map((fact) => {
		if (fact.kind !== 'ceremony' || !made.has(fact.credential?.ref ?? '')) return fact;
		const { at, user, client, named } = fact;
		const was = { kind: 'visit', at, user, client, named } as const;
		return { ...was, capable: false, blocker: undefined, syncedCapable: undefined };
	});
}

/** Several worlds' facts in the order of time. */
export const together = (...lists: (readonly Fact[])[]): Fact[] =>
	lists.flat().sort((a, b) => a.at - b.at);

/** All that was sent, as one stream. */
export const asStream = (...worlds: World[]): SimulatedDay[] => [
	{ day: 'all', facts: [], transmissions: worlds.flatMap(({ transmissions }) => transmissions) }
];
