import type { ClickHouseClient } from '@clickhouse/client';
import { readAuditAfter, readAuditLog } from '../../../../settings/access/audit-log.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { listProjects } from '../../../../settings/projects.ts';
import {
	addStreamEvents,
	keepStreamSources,
	pruneStreamEvents,
	readStreamSource,
	writeStreamSource
} from '../../../../settings/stream-events.ts';
import { listStreams, type Stream, type StreamTopic } from '../../../../settings/streams.ts';
import { UTC } from '../../zone/local-day.ts';
import { auditEvent } from './audit-event.ts';
import { findAuthenticatorChanges } from './find-authenticator-changes.ts';
import { findCeremonies } from './find-ceremonies.ts';
import { findLedgerFindings } from './find-ledger-findings.ts';
import { findPolicyChanges } from './find-policy-changes.ts';
import { findPolicyFindings } from './find-policy-findings.ts';

/** How often and how late is looked. */
export interface LookTimes {
	/** A ceremony is told when nothing of it has come for so long. */
	settledAfterMs: number;
	/** What the whole ledger or every user is asked for is looked at so often. */
	slowEveryMs: number;
}

export const LOOK_TIMES: LookTimes = { settledAfterMs: 60_000, slowEveryMs: 300_000 };

/** What became visible late is found again within this time: what was found before is known by its uid. */
const LOOK_AGAIN_MS = 900_000;
const AUDIT_PAGE = 1_000;

interface Look {
	client: ClickHouseClient;
	settings: Settings;
	now: Date;
	times: LookTimes;
}

/**
 * Looks for what streams want to tell and adds it to their common list. What was there before the first look of a kind is remembered and
 * not told. A look that fails hinders no other. Nothing is looked for that no stream wants.
 *
 * @throws AggregateError with what failed, once everything was tried
 */
export async function findStreamEvents(look: Look): Promise<void> {
	const { settings, now } = look;
	const streams = await listStreams(settings);
	const projects = await listProjects(settings);
	const ids = projects.map(({ id }) => id);
	const looks = looksOf(look, {
		projectsFor: (topic) => projectsOf(streams, topic, ids),
		zoneOf: (projectId) => projects.find(({ id }) => id === projectId)?.timeZone ?? UTC
	});
	await keepStreamSources(
		settings,
		looks.map(({ source }) => source)
	);
	const failed: unknown[] = [];
	for (const { run } of looks) await run().catch((error: unknown) => failed.push(error));
	if (streams.length > 0) await pruneStreamEvents(settings, now.getTime());
	if (failed.length > 0)
		throw new AggregateError(
			failed,
			`Events for streams could not be looked for: ${words(failed)}`
		);
}

const words = (errors: readonly unknown[]) =>
	errors.map((error) => (error instanceof Error ? error.message : String(error))).join('; ');

/** The projects of which some stream tells about a topic; undefined: none wants it. */
function projectsOf(
	streams: readonly Stream[],
	topic: StreamTopic,
	all: readonly string[]
): string[] | undefined {
	const wanting = streams.filter(({ topics }) => topics.includes(topic));
	if (wanting.length === 0) return undefined;
	const every = wanting.some(({ projects }) => projects.length === 0);
	return all.filter((id) => every || wanting.some(({ projects }) => projects.includes(id)));
}

/** A look by the name under which is kept how far it has come. */
interface NamedLook {
	source: string;
	run: () => Promise<void>;
}

function looksOf(
	look: Look,
	{
		projectsFor,
		zoneOf
	}: {
		projectsFor: (topic: StreamTopic) => string[] | undefined;
		zoneOf: (projectId: string) => string;
	}
): NamedLook[] {
	const { client, settings, now } = look;
	const ofProjects = (
		topic: StreamTopic,
		run: (projectId: string, source: string) => Promise<void>
	) =>
		(projectsFor(topic) ?? []).map((projectId) => {
			const source = `${topic} ${projectId}`;
			return { source, run: () => run(projectId, source) };
		});
	const slowly = (run: (projectId: string, source: string) => Promise<void>) => {
		return async (projectId: string, source: string) => {
			if (await isDue(look, source)) await run(projectId, source);
		};
	};
	const signIns = projectsFor('dashboard_sign_ins') !== undefined;
	const audit = projectsFor('dashboard_audit') !== undefined;
	const credentials = projectsFor('credentials');
	const failures = projectsFor('failed_ceremonies');
	const arriving = [...new Set([...(credentials ?? []), ...(failures ?? [])])];
	return [
		...(signIns || audit ? [{ source: 'audit', run: () => lookAtAudit(look) }] : []),
		...(credentials || failures
			? [{ source: 'ceremonies', run: () => lookAtCeremonies(look, arriving) }]
			: []),
		...ofProjects('policy_changes', async (projectId, source) =>
			addOnceKnown(look, source, await findPolicyChanges({ settings, projectId }))
		),
		...ofProjects(
			'ledger_findings',
			slowly(async (projectId, source) =>
				addOnceKnown(look, source, await findLedgerFindings({ client, settings, projectId, now }))
			)
		),
		...ofProjects(
			'policy_findings',
			slowly(async (projectId, source) =>
				addCompared(
					settings,
					await findPolicyFindings({
						client,
						settings,
						projectId,
						zone: zoneOf(projectId),
						source,
						now
					})
				)
			)
		),
		...(projectsFor('authenticators') ? [lookAtAuthenticators(look)] : [])
	];
}

const lastLooks = new WeakMap<Settings, Map<string, number>>();

/** Whether a slow look is to be made again: by this process's memory, so that a restart looks at once. */
async function isDue({ settings, now, times }: Look, source: string): Promise<boolean> {
	const looks = lastLooks.get(settings) ?? new Map<string, number>();
	lastLooks.set(settings, looks);
	const last = looks.get(source);
	const known = (await readStreamSource(settings, source)) !== undefined;
	const since = last === undefined ? Infinity : now.getTime() - last;
	// A clock that was set back must not hold it up.
	if (known && since >= 0 && since < times.slowEveryMs) return false;
	looks.set(source, now.getTime());
	return true;
}

/** Adds all there is; at the first look, as known before. */
async function addOnceKnown(
	{ settings, now }: Look,
	source: string,
	events: Parameters<typeof addStreamEvents>[1]
): Promise<void> {
	const known = (await readStreamSource(settings, source)) === undefined;
	await addStreamEvents(settings, events, { known, now: now.getTime() });
	if (known) await writeStreamSource(settings, source, 'known');
}

/** Adds what a comparison found and keeps what it was compared with, both or neither. */
async function addCompared(
	settings: Settings,
	{
		events,
		done
	}: {
		events: Parameters<typeof addStreamEvents>[1];
		done: (within: Settings) => Promise<void>;
	}
): Promise<void> {
	await settings.transaction().execute(async (transaction) => {
		await addStreamEvents(transaction, events);
		await done(transaction);
	});
}

function lookAtAuthenticators(look: Look): NamedLook {
	const source = 'authenticators';
	return {
		source,
		run: async () => {
			if (await isDue(look, source))
				await addCompared(look.settings, await findAuthenticatorChanges({ ...look, source }));
		}
	};
}

async function lookAtAudit({ settings, now }: Look): Promise<void> {
	const kept = await readStreamSource(settings, 'audit');
	if (kept === undefined) {
		const [newest] = await readAuditLog(settings, { limit: 1 });
		return writeStreamSource(settings, 'audit', String(newest?.number ?? 0));
	}
	for (let number = Number(kept); ;) {
		const entries = await readAuditAfter(settings, { number, limit: AUDIT_PAGE });
		if (entries.length === 0) return;
		await addStreamEvents(settings, entries.map(auditEvent), { now: now.getTime() });
		number = entries.at(-1)!.number;
		await writeStreamSource(settings, 'audit', String(number));
	}
}

/** How far the look at ceremonies has come, and since when each project is looked at: Unix epoch in milliseconds. */
interface CeremoniesLook {
	until: number;
	since: Record<string, number>;
}

async function lookAtCeremonies(
	{ client, settings, now, times }: Look,
	projects: string[]
): Promise<void> {
	const kept = await readStreamSource(settings, 'ceremonies');
	const before: CeremoniesLook = kept
		? (JSON.parse(kept) as CeremoniesLook)
		: { until: now.getTime(), since: {} };
	const since = Object.fromEntries(
		projects.map((project) => [project, before.since[project] ?? now.getTime()])
	);
	const to = Math.max(before.until, now.getTime() - times.settledAfterMs);
	const fromOf = (project: string) => Math.max(since[project]!, before.until - LOOK_AGAIN_MS);
	for (const [from, some] of Map.groupBy(projects, fromOf)) {
		if (from >= to) continue;
		const events = await findCeremonies({ client, projects: some, from, to });
		await addStreamEvents(settings, events, { now: now.getTime() });
	}
	const after: CeremoniesLook = { until: to, since };
	await writeStreamSource(settings, 'ceremonies', JSON.stringify(after));
}
