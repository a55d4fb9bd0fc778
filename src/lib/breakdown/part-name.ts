import type { Ecosystem } from '../filters.ts';
import { countryName } from '../format/country-names.ts';
import { ECOSYSTEM_NAMES } from '../format/names.ts';
import type { Dimension } from './dimensions.ts';

/** A value of a dimension in a reader's words. */
export function partName(by: Dimension, value: string): string {
	if (value === '') return 'Not known';
	if (by === 'country') return countryName(value);
	return by === 'ecosystem' ? (ECOSYSTEM_NAMES[value as Ecosystem] ?? value) : value;
}
