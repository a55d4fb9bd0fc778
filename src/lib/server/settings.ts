import { databaseOptionsFromEnvironment } from '../../../migrations/connect.ts';
import { openSettings, type Settings } from '../../../settings/open-settings.ts';

let opened: Promise<Settings> | undefined;

/** The settings store, opened at first use and kept. */
export function settings(): Promise<Settings> {
	opened ??= openSettings(databaseOptionsFromEnvironment());
	return opened;
}
