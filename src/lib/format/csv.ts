/** A value as CSV takes it. Lists are joined by a space. */
export type CsvValue = string | number | boolean | null | undefined | readonly (string | number)[];

/**
 * Rows as CSV (RFC 4180): a header of the first row's names, CRLF, quotes where needed. Null is an empty field, not a zero.
 * Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers are left alone.
 */
export function toCsv(rows: readonly Record<string, CsvValue>[]): string {
	const names = Object.keys(rows[0] ?? {});
	const lines = [names, ...rows.map((row) => names.map((name) => row[name]))];
	return lines.map((line) => `${line.map(toField).join(',')}\r\n`).join('');
}

function toField(value: CsvValue): string {
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	const text = Array.isArray(value) ? value.join(' ') : String(value ?? '');
	const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
