import { isCountedCeremonies } from '../../breakdown/counted-ceremonies.ts';
import type { Filters } from '../../filters.ts';
import { OUTCOMES } from '../../format/names.ts';
import type { CeremonyFilterParameters } from './ceremony-filter-sql.ts';
import { toParameters } from './filter-sql.ts';
import { toOnePart } from './part-sql.ts';
import { toLineParameters } from './search-sql.ts';

/** The list's own filters beside the common ones, as they stand in its URL. Anything unknown falls back to its default. */
export function ceremonyParameters(
	filters: Filters,
	search: URLSearchParams
): CeremonyFilterParameters {
	const text = (name: string, max: number) => (search.get(name) ?? '').trim().slice(0, max);
	const oneOf = <T extends string>(name: string, list: readonly T[]): T | '' =>
		list.find((item) => item === search.get(name)) ?? '';
	const counted = text('counted', 32);
	return {
		...toParameters(filters),
		outcome: oneOf('outcome', ['all', ...OUTCOMES]),
		cause: text('cause', 64),
		type: oneOf('type', ['registration', 'authentication']),
		mediation: text('mediation', 32),
		failure: text('failure', 10),
		across: search.get('across') === 'yes',
		counted: isCountedCeremonies(counted) ? counted : '',
		...toOnePart(search),
		...readLine(search.get('q') ?? '', oneOf('outcome', ['all', ...OUTCOMES]))
	};
}

function readLine(line: string, outcome: CeremonyFilterParameters['outcome']) {
	const read = toLineParameters(line);
	// Whoever names outcomes in the line means these, untouched requests too.
	return { ...read, ...(outcome === '' && read.only['outcome'] && { outcome: 'all' as const }) };
}
