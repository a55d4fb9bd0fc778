import type { ClickHouseClient } from '@clickhouse/client';
import type { DatabaseOptions } from '../../migrations/connect.ts';
import type { Settings } from '../../settings/open-settings.ts';
import {
	addMoves,
	type Move,
	type ReclassificationProgress
} from '../../settings/reclassifications.ts';
import type { Knowledge } from '../enrichment/knowledge.ts';
import { ask } from '../lifecycle/ask.ts';
import { openScratchDatabase } from '../lifecycle/scratch-database.ts';
import { daysOfCredentials } from '../store/find-changed-days.ts';
import { UTC } from '../../settings/time-zones.ts';
import { readProjectZones } from '../store/project-zones.ts';
import { refreshCredentialRows } from '../store/refresh-credential-rows.ts';
import { refreshDailyActivity } from '../store/refresh-daily-activity.ts';
import { daysAround } from '../store/zone-days.ts';
import { deriveAgain, differs, type Derived, type StoredEvent } from './derive-again.ts';
import { findCandidateDays, readCandidates, type CandidateDays } from './find-candidates.ts';
import { openPendingDays, type PendingDay, type PendingDays } from './pending-days.ts';
import { readKnowledge } from './read-knowledge.ts';
import { findTold, remakeTold, writeEvents, type Change } from './write-derived.ts';

export interface ReclassifyOptions {
	client: ClickHouseClient;
	database: DatabaseOptions;
	settings: Settings;
	/** Every project when left out. */
	projectId?: string | undefined;
	/** Ends the run after the group of events it is at; the next run goes on from there. */
	signal?: AbortSignal | undefined;
	/** Events of one group, which one insert takes; the default is 1,000. */
	eventsAtOnce?: number;
	/** After each group of events. */
	onProgress?: (progress: ReclassificationProgress) => Promise<void> | void;
}

export interface Reclassification {
	/** Of the rules it was brought to. */
	version: number;
	/** Events looked at, and of them written again. */
	looked: number;
	written: number;
	/** Most first. */
	moves: Move[];
	/** False: it was stopped, and the next run goes on. */
	finished: boolean;
}

/** Events of one insert: their evidence travels as parameters, which a server takes a megabyte of. */
const EVENTS_AT_ONCE = 1_000;
/** Days remade at once. */
const DAYS_AT_ONCE = 31;
/** What belongs to a ceremony lies within two days of any part of it. */
const BESIDE_DAYS = 2;

/**
 * Asks rules and tables again about everything that older ones told of, and changes the past in every table: the events
 * themselves, the ceremonies and credentials they went into, and the days they count in. Events may go on arriving.
 */
export async function reclassify(options: ReclassifyOptions): Promise<Reclassification> {
	const { client, database, signal, onProgress, eventsAtOnce = EVENTS_AT_ONCE } = options;
	const knowledge = await readKnowledge(options);
	const version = knowledge.classifierVersion();
	const pending = openPendingDays(database.dataDir);
	const result = { version, looked: 0, written: 0, moves: [] as Move[] };
	for (const projectId of await findProjects(options)) {
		const spans = await findCandidateDays({
			...{ client, projectId, version, most: eventsAtOnce }
		});
		const total = spans.reduce((sum, { events }) => sum + events, 0);
		let done = 0;
		for (const span of spans) {
			for await (const group of regroup({ client, knowledge, span, eventsAtOnce })) {
				if (signal?.aborted) break;
				if (group.changes.length > 0) {
					pending.add(await findDays({ client, span, group }));
					await writeEvents({ client, ...span, changes: group.changes });
				}
				result.looked += group.looked;
				result.written += group.changes.length;
				result.moves = addMoves(result.moves, group.moves);
				const { looked, written, moves } = result;
				done += group.looked;
				await onProgress?.({ project: projectId, done, total, looked, written, moves });
			}
			if (pending.list().length >= DAYS_AT_ONCE) await remake(options, pending);
			if (signal?.aborted) break;
		}
	}
	await remake(options, pending);
	return { ...result, finished: !signal?.aborted };
}

/** Makes good what a run that was killed left between events and what follows from them. */
export async function finishReclassifying(
	options: Pick<ReclassifyOptions, 'client' | 'database'>
): Promise<void> {
	const pending = openPendingDays(options.database.dataDir);
	if (pending.list().length > 0) await remake(options, pending);
}

async function findProjects({ client, projectId }: ReclassifyOptions): Promise<string[]> {
	if (projectId !== undefined) return [projectId];
	const rows = await ask<{ project: string }>(
		client,
		'SELECT DISTINCT project_id AS project FROM events_raw_v1 ORDER BY project'
	);
	return rows.map(({ project }) => project);
}

interface Group {
	looked: number;
	changes: Change[];
	/** AAGUIDs of events for which the tables of providers tell something else now. */
	aaguids: Set<string>;
	/** The credentials they are about: every day counts its ceremonies by their provider. */
	credentials: Set<string>;
	moves: Move[];
}

/** The days' candidates in groups that one insert takes. */
async function* regroup({
	client,
	knowledge,
	span,
	eventsAtOnce
}: {
	client: ClickHouseClient;
	knowledge: Knowledge;
	span: CandidateDays;
	eventsAtOnce: number;
}): AsyncGenerator<Group> {
	const events = await readCandidates({ client, ...span, version: knowledge.classifierVersion() });
	for (let at = 0; at < events.length; at += eventsAtOnce) {
		const some = events.slice(at, at + eventsAtOnce);
		const group: Group = {
			...{ looked: some.length, changes: [], moves: [] },
			...{ aaguids: new Set(), credentials: new Set() }
		};
		for (const event of some) {
			const derived = deriveAgain(event, knowledge);
			if (!event.half_done && !event.half_told && !differs(event, derived)) continue;
			const change = { eventId: event.event_id, ceremonyId: event.ceremony_id, derived };
			const moved = movesOf(event, derived);
			group.changes.push(change);
			group.moves.push(...moved);
			if (!event.half_told && !moved.some(({ what }) => what !== 'cause')) continue;
			group.aaguids.add(event.aaguid);
			group.credentials.add(event.credential_hash);
		}
		yield group;
	}
}

function movesOf(before: StoredEvent, after: Derived): Move[] {
	const all: Omit<Move, 'events'>[] = [
		{ what: 'cause', from: causeText(before), to: causeText(after) },
		{ what: 'provider', from: providerText(before), to: providerText(after) },
		{ what: 'ecosystem', from: before.credential_ecosystem, to: after.credential_ecosystem },
		{ what: 'legacy class', from: before.legacy_class, to: after.legacy_class }
	];
	return all.filter(({ from, to }) => from !== to).map((move) => ({ ...move, events: 1 }));
}

const causeText = ({ cause, cause_confidence }: Derived) =>
	cause && `${cause} (${cause_confidence})`;
const providerText = ({ provider, test_authenticator }: Derived) =>
	test_authenticator ? 'virtual authenticator' : provider;

/**
 * The days of UTC that these events' ceremonies began on: the day of any part, because one may have begun the evening before. Of credentials
 * under another name, the days of all their ceremonies.
 */
async function findDays({
	client,
	span: { projectId, days },
	group: { changes, aaguids, credentials }
}: {
	client: ClickHouseClient;
	span: CandidateDays;
	group: Group;
}): Promise<PendingDay[]> {
	const rows = await ask<{ other: string }>(
		client,
		`SELECT DISTINCT toString(event_date) AS other FROM events_raw_v1
		WHERE project_id = {project: String} AND ceremony_id IN {ceremonies: Array(UUID)}
			AND event_date BETWEEN {from: Date} - ${BESIDE_DAYS} AND {to: Date} + ${BESIDE_DAYS}
		UNION DISTINCT
		SELECT day FROM (${daysOfCredentials('project_id = {project: String} AND credential_hash IN {credentials: Array(UInt64)}')})`,
		{
			...{ project: projectId, zone: UTC, from: days[0], to: days.at(-1) },
			credentials: [...credentials].map(BigInt),
			ceremonies: [...new Set(changes.map((one) => one.ceremonyId))]
		}
	);
	return rows.map(({ other }) => ({
		...{ projectId, day: other },
		aaguids: days.includes(other) ? [...aaguids] : []
	}));
}

/** What follows from the events written again: rows that they went into, then the days that those count in. */
async function remake(
	{ client, database }: Pick<ReclassifyOptions, 'client' | 'database'>,
	pending: PendingDays
): Promise<void> {
	const told = pending.list().filter(({ aaguids }) => aaguids.length > 0);
	if (told.length > 0) {
		const scratch = await openScratchDatabase(database);
		try {
			for (const [projectId, list] of Map.groupBy(told, (item) => item.projectId)) {
				const of = {
					...{ client, projectId, days: list.map(({ day }) => day) },
					aaguids: [...new Set(list.flatMap(({ aaguids }) => aaguids))]
				};
				await remakeTold({ ...of, scratch });
				await refreshCredentialRows({ client, projectId, credentials: await findTold(of) });
			}
		} finally {
			await scratch.drop();
		}
	}
	const zones = await readProjectZones(client);
	for (const [projectId, list] of Map.groupBy(pending.list(), (item) => item.projectId)) {
		const utcDays = list.map(({ day }) => day).sort();
		const days = daysAround(utcDays, zones.get(projectId) ?? UTC);
		await refreshDailyActivity({ client, projectId, days });
	}
	pending.clear();
}
