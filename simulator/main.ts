/** `npm run simulate`: fills a project with a believable passkey rollout, labelled synthetic. */
import { runSimulation } from './run-simulation.ts';
import { readOptions, USAGE, UsageError } from './options.ts';
import { DeliveryError } from './send-to-collector.ts';
import { TargetError } from './target.ts';

const told = (error: unknown): error is Error =>
	error instanceof UsageError ||
	error instanceof TargetError ||
	error instanceof DeliveryError ||
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
