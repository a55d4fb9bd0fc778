/**
 * Names that IANA gave anew and `Intl` still lists under the old ones. People look for today's, and a database knows both.
 */
const RENAMED: Readonly<Record<string, string>> = {
	'Africa/Asmera': 'Africa/Asmara',
	'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
	'America/Catamarca': 'America/Argentina/Catamarca',
	'America/Coral_Harbour': 'America/Atikokan',
	'America/Cordoba': 'America/Argentina/Cordoba',
	'America/Godthab': 'America/Nuuk',
	'America/Indianapolis': 'America/Indiana/Indianapolis',
	'America/Jujuy': 'America/Argentina/Jujuy',
	'America/Louisville': 'America/Kentucky/Louisville',
	'America/Mendoza': 'America/Argentina/Mendoza',
	'Asia/Calcutta': 'Asia/Kolkata',
	'Asia/Katmandu': 'Asia/Kathmandu',
	'Asia/Rangoon': 'Asia/Yangon',
	'Asia/Saigon': 'Asia/Ho_Chi_Minh',
	'Atlantic/Faeroe': 'Atlantic/Faroe',
	'Europe/Kiev': 'Europe/Kyiv',
	'Pacific/Enderbury': 'Pacific/Kanton',
	'Pacific/Ponape': 'Pacific/Pohnpei',
	'Pacific/Truk': 'Pacific/Chuuk'
};

/** Younger than the tables of ClickHouse, which counts by the zone. */
const UNKNOWN_TO_CLICKHOUSE = new Set(['America/Coyhaique']);

/** Where nobody chose. */
export const UTC = 'UTC';

/** Every zone that a project can have, by its IANA name, in their order. */
export const TIME_ZONES: readonly string[] = [
	...new Set([UTC, ...Intl.supportedValuesOf('timeZone').map(nameOfToday)])
]
	.filter((zone) => !UNKNOWN_TO_CLICKHOUSE.has(zone))
	.sort();

const BY_SPELLING = new Map(TIME_ZONES.map((zone) => [zone.toLowerCase(), zone]));

/** The zone that somebody meant, as IANA spells it today: `asia/calcutta` is Asia/Kolkata. Undefined: none. An offset is no zone. */
export function findTimeZone(text: string): string | undefined {
	const typed = text.trim();
	const known = BY_SPELLING.get(typed.toLowerCase());
	if (known !== undefined) return known;
	const alias = canonicalOf(typed);
	return alias === undefined ? undefined : BY_SPELLING.get(nameOfToday(alias).toLowerCase());
}

function canonicalOf(text: string): string | undefined {
	try {
		return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
	} catch {
		return undefined;
	}
}

function nameOfToday(zone: string): string {
	return RENAMED[zone] ?? zone;
}
