import { pageLink } from '../page-link.ts';
import type { Behind } from './behind.ts';
import type { Dimension } from './dimensions.ts';

/** The address of the list behind one part of a count. An empty part is one, too: what is not known. */
export function partLink({
	behind,
	by,
	part,
	...link
}: Omit<Parameters<typeof pageLink>[0], 'path' | 'parameters'> & {
	behind: Behind;
	by: Dimension;
	part: string;
}): string | undefined {
	const address = pageLink({ ...link, ...behind });
	return address && inPart(address, by, part);
}

/** An address narrowed to one part. */
export const inPart = (address: string, by: Dimension, part: string): string =>
	`${address}${address.includes('?') ? '&' : '?'}${new URLSearchParams({ by, part }).toString()}`;
