// `npm run dev`: the same process with hot reload. Pages reload in place; a change behind them restarts the process.
import { ensureInstalled } from './install.mjs';
import { runPinned } from './run-pinned.mjs';

ensureInstalled();
runPinned([
	...['collector', 'migrations', 'sdk/event', 'sdk/common', 'settings', 'serve.ts'].map(
		(path) => `--watch-path=${path}`
	),
	'--watch-preserve-output',
	'serve.ts',
	'--dev',
	...process.argv.slice(2)
]);
