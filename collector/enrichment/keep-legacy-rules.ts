import { isDeepStrictEqual } from 'node:util';
import { readLegacyRules, type LegacyRules } from '../../settings/legacy-rules.ts';
import type { Settings } from '../../settings/open-settings.ts';
import type { Log } from '../log.ts';
import { keepReading } from './keep-reading.ts';

/** Whose device-bound credentials are legacy, as the operator says it now. */
export async function keepLegacyRules({
	settings,
	log
}: {
	settings: Settings;
	log: Log;
}): Promise<{ legacyRules(): LegacyRules; close(): void }> {
	let rules = await readLegacyRules(settings);
	const { close } = keepReading({
		what: 'The rules of what is legacy',
		log,
		async read() {
			const read = await readLegacyRules(settings);
			if (isDeepStrictEqual(read, rules)) return;
			rules = read;
			log('info', 'The rules of what is legacy were changed.');
		}
	});
	return { legacyRules: () => rules, close };
}
