import { join } from 'node:path';
import { publishProjectZones } from '../collector/store/project-zones.ts';
import { refreshDailyActivity } from '../collector/store/refresh-daily-activity.ts';
import { publishRolledUpTags } from '../collector/store/rolled-up-tags.ts';
import { openSettings } from '../settings/open-settings.ts';
import { listRolledUpTags } from '../settings/rolled-up-tags.ts';
import { listTimeZones } from '../settings/time-zone.ts';
import type { SimulateOptions } from './options.ts';
import { createProgress } from './progress.ts';
import { removeSynthetic } from './remove-synthetic.ts';
import { sendToCollector } from './send-to-collector.ts';
import { simulate, type SimulatedDay } from './simulate.ts';
import {
	checkCollector,
	openDatabase,
	prepareProject,
	TargetError,
	type OpenDatabase
} from './target.ts';
import { writeToDatabase } from './write-to-database.ts';

const say = (text: string) => process.stdout.write(`${text}\n`);
const number = (value: number) => value.toLocaleString('en');

/** Does what the command line asked for, and tells how it goes. @throws TargetError, DeliveryError */
export async function runSimulation(options: SimulateOptions): Promise<void> {
	if (options.remove) return remove(options);
	const started = performance.now();
	const via = await chooseWay(options);
	const counts = new Counts(Date.now());
	const progress = createProgress();
	const days = simulate(options);
	let done = 0;
	const onDay = (day: SimulatedDay, events: number) => {
		counts.add(day, events);
		progress.update(++done, options.days, `${day.day}  ${number(counts.events)} events`);
	};
	say(
		`Simulating ${number(options.users)} people over ${options.days} days into project "${options.project}" (synthetic), ${via.words}.`
	);
	try {
		if (via.database)
			await intoDatabase({ options, database: via.database, days, onDay, progress });
		else await throughCollector({ options, days, onDay });
	} finally {
		progress.end();
		await via.database?.client.close();
	}
	const seconds = Math.round((performance.now() - started) / 1000);
	say(
		`Done: ${number(counts.users.size)} users, ${number(counts.ceremonies)} ceremonies, ${number(counts.events)} events in ${seconds} s.`
	);
	const address = `http://localhost:${process.env.PORT ?? 7300}/?project=${options.project}&period=90d`;
	say(
		via.database?.embedded
			? `Start Passlens with "npm start" and open ${address}`
			: `Open ${address}`
	);
}

async function chooseWay(
	options: SimulateOptions
): Promise<{ database?: OpenDatabase; words: string }> {
	if (options.via !== 'collector') {
		const database = await openDatabase(options);
		if (database) return { database, words: 'straight into the database' };
		if (options.via === 'database') throw inUse(options);
		say(
			'The database is in use by a running Passlens, so the events go through its collector: slower, and just as good.'
		);
	}
	await checkCollector(options.collectorUrl);
	return { words: `through the collector at ${options.collectorUrl}` };
}

const inUse = ({ dataDir }: SimulateOptions) =>
	new TargetError(
		'database_in_use',
		`The database in "${dataDir}" is held by a running Passlens. Stop it and try again, or send through it: npm run simulate -- --via collector`
	);

async function intoDatabase({
	options,
	database,
	days,
	onDay,
	progress
}: {
	options: SimulateOptions;
	database: OpenDatabase;
	days: Iterable<SimulatedDay>;
	onDay: (day: SimulatedDay, events: number) => void;
	progress: ReturnType<typeof createProgress>;
}) {
	const settings = await openSettings(options);
	try {
		const { sender } = await prepareProject({ settings, project: options.project });
		await writeToDatabase({
			...database,
			sender,
			days,
			directory: join(options.dataDir, 'simulator'),
			now: Date.now(),
			onDay
		});
		progress.end();
		say('Adding up the days …');
		await publishRolledUpTags({
			client: database.client,
			chosen: await listRolledUpTags(settings)
		});
		await publishProjectZones({ client: database.client, chosen: await listTimeZones(settings) });
		await refreshDailyActivity({ client: database.client, projectId: options.project });
	} finally {
		await settings.destroy();
	}
}

async function throughCollector({
	options,
	days,
	onDay
}: {
	options: SimulateOptions;
	days: Iterable<SimulatedDay>;
	onDay: (day: SimulatedDay, events: number) => void;
}) {
	const { collectorUrl, key, project } = options;
	const now = Date.now();
	// A key given is for a collector elsewhere, whose settings are not here.
	if (key)
		return void (await sendToCollector({
			collectorUrl,
			ingestKey: key,
			serverKey: key,
			days,
			now,
			onDay
		}));
	const settings = await openSettings(options);
	try {
		const { ingestKey, serverKey } = await prepareProject({ settings, project });
		await sendToCollector({ collectorUrl, ingestKey, serverKey, days, now, onDay });
	} finally {
		await settings.destroy();
	}
}

async function remove(options: SimulateOptions): Promise<void> {
	const database = await openDatabase(options);
	if (!database) throw inUse(options);
	try {
		const events = await removeSynthetic({ client: database.client, projectId: options.project });
		say(
			`Removed ${number(events)} synthetic events, and all that was made from them, from project "${options.project}".`
		);
	} finally {
		await database.client.close();
	}
}

class Counts {
	events = 0;
	ceremonies = 0;
	users = new Set<string>();
	private readonly now: number;
	constructor(now: number) {
		this.now = now;
	}
	add({ facts }: SimulatedDay, events: number) {
		this.events += events;
		for (const fact of facts) {
			if (fact.at > this.now) continue;
			if (fact.user) this.users.add(fact.user);
			if (fact.kind === 'ceremony') this.ceremonies++;
		}
	}
}
