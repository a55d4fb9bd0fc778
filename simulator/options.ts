import { parseArgs } from 'node:util';
import { projectIdField } from '../settings/fields.ts';

export const USAGE = `npm run simulate -- [options]

  --users 20000          people of the imagined site
  --days 120             days up to the last one
  --end 2026-11-22       last day (default: today)
  --seed rollout         the same seed makes the same data
  --project demo         written to this project, made when it is missing
  --via database         straight into the database: fast, while Passlens is not running
  --via collector        through the front door of a running Passlens
                         (default: the database, or the collector when the database is in use)
  --data-dir data        where Passlens keeps its data (or PASSLENS_DATA_DIR)
  --collector-url http://localhost:7301
  --key sk_…             server key of the project, for a collector elsewhere
  --remove               removes the project's synthetic data instead`;

/** A mistake on the command line, told in one sentence. */
export class UsageError extends Error {}

export interface SimulateOptions {
	users: number;
	days: number;
	/** `YYYY-MM-DD`, UTC. */
	end: string;
	seed: string;
	project: string;
	/** Undefined: whichever works. */
	via: 'database' | 'collector' | undefined;
	dataDir: string;
	collectorUrl: string;
	key: string | undefined;
	remove: boolean;
	help: boolean;
}

/** Reads the command line. @throws UsageError */
export function readOptions(
	args: string[],
	{ env = process.env, today = new Date() } = {}
): SimulateOptions {
	const { values } = parseArgs({
		args,
		options: {
			users: { type: 'string', default: '20000' },
			days: { type: 'string', default: '120' },
			end: { type: 'string', default: today.toISOString().slice(0, 10) },
			seed: { type: 'string', default: 'rollout' },
			project: { type: 'string', default: 'demo' },
			via: { type: 'string' },
			'data-dir': { type: 'string', default: env.PASSLENS_DATA_DIR || 'data' },
			'collector-url': {
				type: 'string',
				default: env.PASSLENS_COLLECTOR_URL || 'http://localhost:7301'
			},
			key: { type: 'string' },
			remove: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false }
		}
	});
	if (values.via !== undefined && values.via !== 'database' && values.via !== 'collector')
		throw new UsageError(`--via is "database" or "collector", not "${values.via}".`);
	if (!/^\d{4}-\d{2}-\d{2}$/.test(values.end) || Number.isNaN(Date.parse(values.end)))
		throw new UsageError(`--end must be a day such as 2026-11-22, not "${values.end}".`);
	if (!URL.canParse(values['collector-url']))
		throw new UsageError(`--collector-url must be a URL, not "${values['collector-url']}".`);
	const project = projectIdField.safeParse(values.project);
	if (!project.success) throw new UsageError(`--project: ${project.error.issues[0]!.message}`);
	return {
		users: whole('--users', values.users, 1_000_000),
		// The collector takes no event older than two years for real.
		days: whole('--days', values.days, 700),
		end: values.end,
		seed: values.seed,
		project: project.data,
		via: values.via,
		dataDir: values['data-dir'],
		collectorUrl: values['collector-url'],
		key: values.key,
		remove: values.remove,
		help: values.help
	};
}

function whole(flag: string, text: string, most: number): number {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 1 || value > most)
		throw new UsageError(`${flag} must be a whole number from 1 to ${most}, not "${text}".`);
	return value;
}
