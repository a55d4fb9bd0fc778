import { isIP } from 'node:net';
import { bareHost } from '../outbound/address.ts';
import { registrableLabel } from './check-rp-id.ts';
import { finding, quoteSome, type Finding } from './finding.ts';
import { readJsonFile } from './read-json-file.ts';
import type { Connection } from '../outbound/read-url.ts';

/** Different names that every browser honours; the specification's minimum, and what browsers stop at. */
const HONOURED_LABELS = 5;

/** `/.well-known/webauthn`: which other origins may use the passkeys of this one. */
export async function checkRelatedOrigins({
	origin,
	wanted,
	connection
}: {
	origin: URL;
	/** Origins that should be in the list. */
	wanted: readonly string[];
	connection: Connection;
}): Promise<Finding[]> {
	const url = new URL('/.well-known/webauthn', origin);
	const { findings, content } = await readJsonFile({
		url,
		prefix: 'related_origins',
		rule: 'https',
		connection
	});
	const entries = readEntries(content);
	if (content !== undefined && !entries)
		findings.push(finding('related_origins_shape', `${url.pathname} has no "origins" list.`));
	const usable = checkEntries(entries ?? [], findings);
	if (entries && (entries.length === 0 || usable.origins.size > 0))
		findings.push(
			finding(
				'related_origins_read',
				`${url.pathname} lists ${usable.origins.size} usable origin(s).`
			)
		);
	return [...findings, ...wanted.map((one) => checkWanted(one, usable))];
}

function readEntries(content: unknown): unknown[] | undefined {
	if (content === null || typeof content !== 'object' || !('origins' in content)) return undefined;
	const { origins } = content;
	return Array.isArray(origins) && origins.every((entry) => typeof entry === 'string')
		? origins
		: undefined;
}

interface Usable {
	origins: Set<string>;
	beyond: Set<string>;
}

/** Walks the list as a browser does: from the top, until the names are used up. */
function checkEntries(entries: unknown[], findings: Finding[]): Usable {
	const usable: Usable = { origins: new Set(), beyond: new Set() };
	const labels = new Set<string>();
	const invalid = [];
	for (const entry of entries) {
		const url = readOrigin(entry);
		if (!url) {
			invalid.push(entry);
			continue;
		}
		const label = registrableLabel(bareHost(url));
		if (labels.has(label) || labels.size < HONOURED_LABELS) usable.origins.add(url.origin);
		else usable.beyond.add(url.origin);
		if (labels.size < HONOURED_LABELS) labels.add(label);
	}
	if (invalid.length > 0)
		findings.push(
			finding('related_origins_entry_invalid', `No bare HTTPS origin: ${quoteSome(invalid)}.`)
		);
	if (usable.beyond.size > 0)
		findings.push(
			finding(
				'related_origins_too_many_labels',
				`The list has more than ${HONOURED_LABELS} different names; browsers may pass over ${quoteSome([...usable.beyond])}.`
			)
		);
	return usable;
}

function readOrigin(entry: unknown): URL | undefined {
	if (typeof entry !== 'string' || !URL.canParse(entry)) return undefined;
	const url = new URL(entry);
	if (url.protocol !== 'https:' || isIP(bareHost(url))) return undefined;
	return url.origin === entry.toLowerCase() ? url : undefined;
}

function checkWanted(wanted: string, { origins, beyond }: Usable): Finding {
	if (origins.has(wanted)) return finding('related_origin_listed', `${wanted} is listed.`);
	if (beyond.has(wanted))
		return finding(
			'related_origin_beyond_limit',
			`${wanted} is listed after ${HONOURED_LABELS} other names.`
		);
	return finding(
		'related_origin_unlisted',
		`${wanted} is not listed: browsers refuse it this RP ID.`,
		`Add "${wanted}" to "origins" in /.well-known/webauthn.`
	);
}
