import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { eventSchema } from '../sdk/event/index.ts';
import type { CeremonyFact, Fact } from './facts.ts';
import { simulate, type Scenario } from './simulate.ts';

const scenario: Scenario = { seed: 'test', users: 600, days: 60, end: '2026-11-22' };
const days = [...simulate(scenario)];
const facts: Fact[] = days.flatMap((day) => day.facts);
const transmissions = days.flatMap((day) => day.transmissions);
const ceremonies = facts.filter((fact): fact is CeremonyFact => fact.kind === 'ceremony');

function hashOf(wanted: Scenario): string {
	const hash = createHash('sha256');
	for (const day of simulate(wanted)) hash.update(JSON.stringify(day));
	return hash.digest('hex');
}

const share = <T>(list: readonly T[], wanted: (item: T) => boolean) =>
	list.filter(wanted).length / list.length;

describe('simulate', () => {
	const small = { ...scenario, users: 60, days: 30 };

	it('makes the same stream from the same seed', () => {
		expect(hashOf(small)).toBe(hashOf({ ...small }));
	});

	it('makes another stream from another seed', () => {
		expect(hashOf(small)).not.toBe(hashOf({ ...small, seed: 'other' }));
	});

	it('keeps the first people as they are when more are added', () => {
		const people = (users: number) =>
			new Set(
				[...simulate({ ...small, users })].flatMap((day) => day.facts.map(({ user }) => user))
			);
		const few = people(20);
		expect(few.intersection(people(60))).toEqual(few);
	});

	it('makes only events that follow the contract, all labelled synthetic', () => {
		const refused = transmissions.flatMap(({ context, events }) =>
			events.flatMap((event) => {
				const parsed = eventSchema.safeParse({ ...context, ...event });
				if (!parsed.success) return [parsed.error.issues[0]?.message];
				return parsed.data.synthetic ? [] : ['not synthetic'];
			})
		);
		expect(refused).toEqual([]);
		expect(transmissions.length).toBeGreaterThan(3_000);
	});

	it('delivers in order of arrival, and some of it twice, late, or by a wrong clock', () => {
		for (const { transmissions: ofDay } of days)
			expect(ofDay.map(({ sentAt }) => sentAt)).toEqual(
				ofDay.map(({ sentAt }) => sentAt).sort((a, b) => a - b)
			);
		const ids = transmissions.flatMap(({ events }) => events.map(({ id }) => id));
		expect(new Set(ids).size).toBeLessThan(ids.length);
		const late = ({ sentAt, clockSkewMs, events }: (typeof transmissions)[number]) =>
			sentAt + clockSkewMs - Math.min(...events.map(({ time_unix_ms }) => time_unix_ms)) >
			3_600_000;
		expect(share(transmissions, late)).toBeGreaterThan(0.001);
		expect(share(transmissions, late)).toBeLessThan(0.03);
		expect(share(transmissions, ({ clockSkewMs }) => clockSkewMs !== 0)).toBeGreaterThan(0);
	});

	it('sends verdicts and revocations from the server alone', () => {
		const types = (from: 'page' | 'server') =>
			new Set(
				transmissions
					.filter((one) => one.from === from)
					.flatMap(({ events }) => events.map(({ type }) => type))
			);
		expect([...types('server')].sort()).toEqual(['ceremony.verdict', 'credential.revoked']);
		expect(types('page').has('ceremony.verdict')).toBe(false);
	});

	it('offers no passkey before the release that brings them, and none but the first people had one', () => {
		const launch = Date.parse('2026-09-24') + 0.12 * 60 * 86_400_000;
		const early = facts.filter(({ at }) => at < launch - 86_400_000);
		expect(early.length).toBeGreaterThan(0);
		expect(early.filter(({ kind }) => kind === 'prompt')).toEqual([]);
		expect(
			early.filter((fact) => fact.kind === 'ceremony' && fact.credential?.backupEligible)
		).toEqual([]);
	});

	it.each<[string, number, number, (fact: CeremonyFact) => boolean]>([
		['conditional requests nobody touched', 0.5, 0.85, ({ outcome }) => outcome === 'untouched'],
		['ceremonies that succeeded', 0.15, 0.45, ({ outcome }) => outcome === 'succeeded'],
		['cancelled ones', 0.005, 0.08, ({ outcome }) => outcome === 'cancelled'],
		['refused ones', 0.0005, 0.02, ({ outcome }) => outcome === 'rejected'],
		['cross-device ones', 0.001, 0.05, ({ crossDevice }) => crossDevice]
	])('has a believable share of %s', (_, least, most, wanted) => {
		expect(share(ceremonies, wanted)).toBeGreaterThan(least);
		expect(share(ceremonies, wanted)).toBeLessThan(most);
	});

	it('has every ecosystem of devices and of passkeys in it', () => {
		expect(new Set(facts.map(({ client }) => client.ecosystem))).toEqual(
			new Set(['apple', 'google', 'microsoft', 'unknown'])
		);
		const providers = new Set(ceremonies.flatMap(({ credential }) => credential?.ecosystem ?? []));
		expect([...providers]).toEqual(
			expect.arrayContaining(['apple', 'google', 'microsoft', 'third_party', 'security_key'])
		);
	});

	it('lets nobody be about at midnight, so that the day of a visit is certain', () => {
		const hours = new Set(facts.map(({ at }) => new Date(at).getUTCHours()));
		expect([...hours].filter((hour) => hour < 4)).toEqual([]);
	});
});
