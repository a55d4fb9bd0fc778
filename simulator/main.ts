/** `npm run simulate`: fills a project with a believable passkey rollout, labelled synthetic. */
import { MigrationError } from '../migrations/apply.ts';
import { ProjectError } from '../settings/projects.ts';
import { SettingsError } from '../settings/settings-error.ts';
import { runSimulation } from './run-simulation.ts';
import { readOptions, USAGE, UsageError } from './options.ts';
import { DeliveryError } from './send-to-collector.ts';
import { TargetError } from './target.ts';

const FOR_OPERATORS = [
	...[UsageError, TargetError, DeliveryError],
	...[MigrationError, ProjectError, SettingsError]
];

const told = (error: unknown): error is Error =>
	FOR_OPERATORS.some((type) => error instanceof type) ||
	(error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));

try {
	const options = readOptions(process.argv.slice(2));
	if (options.help) process.stdout.write(`${USAGE}\n`);
	else await runSimulation(options);
} catch (error) {
	if (!told(error)) throw error;
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 1;
}
