// `npm start`: from a fresh clone to addresses to open. Each step is skipped when there is nothing to do.
import { ensureInstalled } from './install.mjs';
import { runPinned } from './run-pinned.mjs';

ensureInstalled();
runPinned(['serve.ts', ...process.argv.slice(2)]);
