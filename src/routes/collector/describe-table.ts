import { formatAgo, formatDay } from '$lib/format/date.ts';
import { formatCounted } from '$lib/format/number.ts';

/** The collectors' tables as people read them, in the order of the page. */
export const TABLE_KINDS = {
	aaguids: {
		label: 'Providers by AAGUID',
		gives: 'Names and icons of providers beyond the built-in ones.',
		example: 'https://lists.example.com/aaguids.json'
	},
	mds: {
		label: 'FIDO metadata (MDS)',
		gives: 'Certification and known weaknesses of authenticator models.',
		example: 'https://mds3.fidoalliance.org/'
	},
	country: {
		label: 'Countries by address',
		gives: 'The country of each event, as a filter and a breakdown; a file in the MaxMind format.',
		example: 'https://files.example.com/country.mmdb'
	}
} as const;

interface Table {
	name: string;
	version: string;
	entries: number;
	loaded_at: string | null;
	tried_at: string | null;
	next_update: string | null;
	last_error: string;
}

/** What the last look at a table found, in sentences. @param root what names the certificate that metadata must lead to; empty: FIDO's own */
export function describeTable(table: Table, root = '', now: Date = new Date()): string {
	const { name, version, entries, loaded_at, tried_at, next_update } = table;
	if (table.last_error)
		return loaded_at
			? `The last good one, of ${formatAgo(loaded_at, now)}, stays in use: ${formatCounted(entries, 'entry', 'entries')}, version ${version}.`
			: 'None is in use.';
	if (!loaded_at || !tried_at) return 'Not looked at yet.';
	const signed =
		name === 'mds'
			? `, signature verified up to ${root ? `the root that ${root} names` : 'FIDO’s own root'}`
			: '';
	const next = next_update ? ` The next is due ${formatDay(next_update.slice(0, 10))}.` : '';
	return `${formatCounted(entries, 'entry', 'entries')}, version ${version}${signed}; loaded ${formatAgo(loaded_at, now)}.${next}`;
}
