import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';

const SERVER = join(import.meta.dirname, '..');

/**
 * What looks into the raw events at all, and why that is no scan of them. What a page shows comes from rollups and from rows that are looked up
 * by their key: a question that read every event would get slower with each that arrives.
 */
const LOOKS: Record<string, Record<string, string>> = {
	'queries/ceremony-events.ts': { 'ceremony-events': 'the days and the id of one ceremony' },
	'queries/flow-events.ts': { 'flow-events': 'the days of one flow of a ceremony' },
	'queries/unknown-signatures.ts': {
		signature_samples: 'the days and ids of ten ceremonies, which the table of errors names'
	},
	'queries/project-facts.ts': {
		project_facts: 'the first row of a project, and the first synthetic one by its index',
		projects_with_data: 'names of projects from the key, where the chosen one has sent nothing'
	},
	'queries/uncounted-days.ts': { 'uncounted-days': 'days that no rollup counts yet, by the key' },
	'queries/arrivals.ts': {
		newest_arrivals:
			'twenty of what arrived in the last hour, by its index: it shows events themselves'
	},
	'queries/stream-ceremonies.ts': {
		'stream-ceremonies': 'what arrived since the last look, by its index; no page',
		'stream-revocations': 'the same',
		'stream-backups': 'the same'
	}
};

it('asks the raw events only where a key or an index leaves the rest unread', () => {
	const found: Record<string, string[]> = {};
	for (const path of readdirSync(SERVER, { recursive: true, encoding: 'utf8' })) {
		if (!path.endsWith('.ts') || path.endsWith('.test.ts') || path.includes('testing/')) continue;
		const names = namesOf(readFileSync(join(SERVER, path), 'utf8'));
		if (names.length > 0) found[relative(SERVER, join(SERVER, path)).replaceAll('\\', '/')] = names;
	}
	const known = Object.entries(LOOKS).map(([file, reasons]) => [file, Object.keys(reasons)]);
	expect(found, 'A question that reads raw events says here why it is no scan.').toEqual(
		Object.fromEntries(known)
	);
});

/** Questions of a file whose text names the raw events; the empty name is text that others are made of. */
function namesOf(code: string): string[] {
	const names = new Set<string>();
	let name = '';
	for (const line of code.split('\n')) {
		name = /^\tname: '([^']+)'/.exec(line)?.[1] ?? name;
		if (line.includes('events_raw_v1') && !/^\s*(\*|\/\/)/.test(line)) names.add(name);
	}
	return [...names];
}
