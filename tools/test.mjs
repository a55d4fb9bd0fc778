// `npm test`: installs what is missing (the browser is among the packages), builds, runs everything.
// Arguments go on to vitest: `npm test -- --project sdk`.
import { ensureInstalled } from './install.mjs';
import { runPinned } from './run-pinned.mjs';

ensureInstalled();
runPinned(['tools/run-tests.mjs', ...process.argv.slice(2)]);
