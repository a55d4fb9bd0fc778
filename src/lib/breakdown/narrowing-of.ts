import { ECOSYSTEMS, NARROWING, PLATFORMS, type Filters } from '../filters.ts';
import { tagOf, type Dimension } from './dimensions.ts';

/** Filters that take some values alone. */
const KNOWN: Record<string, readonly string[]> = { platform: PLATFORMS, ecosystem: ECOSYSTEMS };

/** The filter that one value of a dimension is under; undefined where it is none, or none takes it. */
export function narrowingOf(by: Dimension, value: string): Partial<Filters> | undefined {
	if (by === 'provider') return { provider: value || 'unknown' };
	const tag = tagOf(by);
	const filter = NARROWING.find((name) => name === by);
	if (value === '' || (filter && KNOWN[filter]?.includes(value) === false)) return undefined;
	return tag === undefined ? filter && { [filter]: value } : { tagged: `${tag}=${value}` };
}

/** Whether the page is narrowed so already. */
export const isNarrowed = (filters: Filters, changes: Partial<Filters>): boolean =>
	Object.entries(changes).every(([name, value]) => filters[name as keyof Filters] === value);
