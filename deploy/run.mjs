// The image's entry: `collector`, `dashboard`, or one of the commands of package.json (`migrate`, `backup`, `configure`, …).
import { readFileSync } from 'node:fs';

const ROLES = { collector: 'collector/main.ts', dashboard: 'deploy/dashboard.mjs' };
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
const [role = 'collector', ...rest] = process.argv.slice(2);
/** `node tools/migrate.ts` */
const command = /^node (tools\/[\w-]+\.ts)$/.exec(scripts[role] ?? '')?.[1];
const file = ROLES[role] ?? command;
if (!file) {
	const known = Object.keys(scripts).filter((name) =>
		/^node tools\/[\w-]+\.ts$/.test(scripts[name])
	);
	process.stderr.write(
		`There is no "${role}". Known: ${[...Object.keys(ROLES), ...known].join(', ')}.\n`
	);
	process.exit(1);
}
// In this very process: it is the one that gets the signal to stop.
const url = new URL(`../${file}`, import.meta.url);
process.argv = [process.argv[0], url.pathname, ...rest];
const { run } = await import(url.href);
// The others run by being imported.
await run?.();
