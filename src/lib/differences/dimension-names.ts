import { countryName } from '../format/country-names.ts';

const NAMES: Record<string, string> = {
	platform: 'Platform',
	browser: 'Browser',
	browser_version: 'Browser version',
	release: 'Release',
	release_browser: 'Release and browser',
	provider: 'Provider',
	application: 'Application',
	country: 'Country',
	placement: 'Prompt placement'
};

/** A dimension in plain words; a tag keeps its own name. */
export function dimensionName(dimension: string): string {
	return NAMES[dimension] ?? `Tag ${dimension.slice('tag '.length)}`;
}

export function dimensionValue(dimension: string, value: string): string {
	return dimension === 'country' ? countryName(value) : value;
}
