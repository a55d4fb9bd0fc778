import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CREDENTIAL_ECOSYSTEMS, type CredentialEcosystem } from '../domain/ecosystems.ts';
import { TableError, type TableKind } from './table.ts';

/** What the operator's list says of an AAGUID. */
export interface ListedProvider {
	name: string;
	/** Our own addition to the format; the community's list does not have it. */
	ecosystem?: CredentialEcosystem | undefined;
	/** `data:image/…` for display alone; empty when there is none, or it is none. */
	iconLight: string;
	iconDark: string;
}

const MOST_ENTRIES = 10_000;
const ICON_BYTES = 32_768;
const AAGUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ICON = /^data:image\/(svg\+xml|png|webp|jpeg|gif);base64,[A-Za-z0-9+/]+=*$/;

const icon = z.string().nullish().catch(undefined).transform(asIcon);

const entry = z
	.object({
		name: z.string().trim().min(1).max(120),
		icon_light: icon,
		icon_dark: icon,
		ecosystem: z.enum(CREDENTIAL_ECOSYSTEMS).optional()
	})
	.transform(({ icon_light, icon_dark, ...rest }) => ({
		...rest,
		iconLight: icon_light,
		iconDark: icon_dark
	}));

const list = z.record(z.string(), z.unknown());

/**
 * A list in the community's format, `{ "<aaguid>": { "name", "icon_light", "icon_dark" } }`, where an entry may also say its
 * `ecosystem`. An empty list is one; an entry that is none costs nobody else theirs.
 */
export const aaguidList: TableKind<ReadonlyMap<string, ListedProvider>> = {
	name: 'aaguids',
	maxBytes: 16 * 1_048_576,
	parse(bytes) {
		const given = Object.entries(readObject(bytes));
		if (given.length > MOST_ENTRIES) throw refuse(`has more than ${MOST_ENTRIES} entries`);
		const value = new Map<string, ListedProvider>();
		for (const [key, item] of given) {
			const aaguid = key.toLowerCase();
			const parsed = entry.safeParse(item);
			if (AAGUID.test(aaguid) && parsed.success) value.set(aaguid, parsed.data);
		}
		// `{}` is a list; a file full of something else is a mistake, and must not take the last good one's place.
		if (value.size === 0 && given.length > 0) throw refuse('names no AAGUID with a name');
		const version = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
		return { value, version, entries: value.size };
	}
};

function readObject(bytes: Buffer): Record<string, unknown> {
	let given: unknown;
	try {
		given = JSON.parse(bytes.toString('utf8'));
	} catch (cause) {
		throw new TableError('not_such_a_table', 'The list is not JSON.', { cause });
	}
	const parsed = list.safeParse(given);
	if (!parsed.success) throw refuse('is not an object of AAGUIDs');
	return parsed.data;
}

function asIcon(text: string | null | undefined): string {
	return text && text.length <= ICON_BYTES && ICON.test(text) ? text : '';
}

function refuse(what: string): TableError {
	return new TableError('not_such_a_table', `The list ${what}.`);
}
