// Runs on the pinned Node. Ends with the count alone on the last line, for people and for machines.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { findFirefox, WITHOUT_FIREFOX } from './find-firefox.mjs';
import {
	findProgram,
	WITHOUT_DEPLOY_TOOLS,
	WITHOUT_PROMETHEUS,
	WITHOUT_PROXIES
} from './find-programs.mjs';
import { say } from './say.mjs';
import { workInMemory } from './work-in-memory.mjs';

const ROOT = join(import.meta.dirname, '..');
const RESULTS = join(ROOT, 'test-results', 'vitest.json');

ensureBuilt();
rmSync(RESULTS, { force: true });
const leaveMemory = workInMemory();
const { status } = spawnSync(
	process.execPath,
	[
		join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'),
		'run',
		'--reporter=default',
		'--reporter=json',
		`--outputFile.json=${RESULTS}`,
		...process.argv.slice(2)
	],
	{ cwd: ROOT, stdio: 'inherit' }
);
leaveMemory();
if (!findFirefox()) say(WITHOUT_FIREFOX);
if (!findProgram('nginx') || !findProgram('caddy')) say(WITHOUT_PROXIES);
if (!findProgram('prometheus') || !findProgram('promtool')) say(WITHOUT_PROMETHEUS);
if (!findProgram('kubectl') || !findProgram('docker-compose')) say(WITHOUT_DEPLOY_TOOLS);
try {
	const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
		readFileSync(RESULTS, 'utf8')
	);
	for (const { name, assertionResults } of testResults)
		for (const { fullName, status, failureMessages } of assertionResults)
			if (status === 'passed' && failureMessages.length)
				say(
					`Passed on a second try only: ${relative(ROOT, name)}: ${fullName}\n${failureMessages[0]}`
				);
	process.stdout.write(
		`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped\n`
	);
} catch {
	process.stdout.write('The tests did not run to their end.\n');
}
process.exit(status ?? 1);
