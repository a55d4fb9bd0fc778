import { ECOSYSTEMS, NARROWING, PLATFORMS, type Filters } from '../filters.ts';
import type { Dimension } from './dimensions.ts';

/** Filters that take some values alone. */
const KNOWN: Record<string, readonly string[]> = { platform: PLATFORMS, ecosystem: ECOSYSTEMS };

/** The filter that one value of a dimension is under; undefined where it is none, or none takes it. */
export function narrowingOf(by: Dimension, value: string): Partial<Filters> | undefined {
	const filter = NARROWING.find((name) => name === by);
	if (filter === 'provider') return { provider: value || 'unknown' };
	if (!filter || value === '' || KNOWN[filter]?.includes(value) === false) return undefined;
	return { [filter]: value };
}
