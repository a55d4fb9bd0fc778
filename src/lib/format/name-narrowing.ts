import type { Ecosystem, LeftOut, NARROWING } from '../filters.ts';
import { countryName } from './country-names.ts';
import { ECOSYSTEM_NAMES, LEFT_OUT_NAMES } from './names.ts';

/** What each filter is called where its value follows. */
export const NARROWING_NAMES: Record<(typeof NARROWING)[number], string> = {
	ecosystem: 'Ecosystem',
	platform: 'Platform',
	browser: 'Browser',
	application: 'Application',
	environment: 'Environment',
	release: 'Release',
	country: 'Country',
	tagged: 'Tag',
	provider: 'Provider',
	without: 'Counting'
};

/** What a filter is narrowed to, in a reader's words. */
export function nameNarrowing(name: (typeof NARROWING)[number], value: string): string {
	switch (name) {
		case 'ecosystem':
			return ECOSYSTEM_NAMES[value as Ecosystem];
		case 'without':
			return LEFT_OUT_NAMES[value as LeftOut];
		case 'country':
			return countryName(value);
		case 'provider':
			return value === 'unknown' ? 'Unknown provider' : value;
		default:
			return value;
	}
}
