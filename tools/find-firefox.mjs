import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What tests without a Firefox say, and what to do about it. */
export const WITHOUT_FIREFOX =
	'This machine has no Firefox, so the tests in it are left out. Debian: apt-get install firefox-esr; elsewhere: FIREFOX=<path to its program>.';

/**
 * The Firefox of this machine: what `FIREFOX` names, or else what is installed. Debian's extended-support release comes first,
 * because the tests are written against it.
 * @returns {string | undefined} an absolute path
 */
export function findFirefox(env = process.env) {
	const folders = (env.PATH ?? '').split(delimiter);
	const candidates = [
		...(env.FIREFOX ? [env.FIREFOX] : []),
		...['firefox-esr', 'firefox'].flatMap((name) => folders.map((folder) => join(folder, name))),
		'/Applications/Firefox.app/Contents/MacOS/firefox'
	];
	return candidates.find((path) => {
		try {
			accessSync(path, constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
}
