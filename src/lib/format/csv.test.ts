import { expect, it } from 'vitest';
import { toCsv, type CsvValue } from './csv.ts';

it.each<[string, CsvValue, string]>([
	['a word', 'passkey', 'passkey'],
	['a comma', 'a,b', '"a,b"'],
	['a quotation mark', 'say "hi"', '"say ""hi"""'],
	['a line break', 'two\nlines', '"two\nlines"'],
	['what is not known', null, ''],
	['a zero', 0, '0'],
	['a negative number', -3, '-3'],
	['a truth', true, 'true'],
	['a list', ['internal', 'hybrid'], 'internal hybrid'],
	['a formula', '=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
	['a formula by plus', '+1+1', "'+1+1"],
	['a formula by minus', '-1+1', "'-1+1"],
	['a formula by at', '@SUM(A1)', "'@SUM(A1)"],
	['a formula behind a tab', '\t=1', "'\t=1"]
])('writes %s', (_, value, field) => {
	expect(toCsv([{ column: value }])).toBe(`column\r\n${field}\r\n`);
});

it('guards names of columns, too', () => {
	expect(toCsv([{ '=cmd': 1 }])).toBe("'=cmd\r\n1\r\n");
});

it('keeps columns in order, and leaves a missing one empty', () => {
	const rows: Record<string, CsvValue>[] = [{ a: 1, b: 2 }, { a: 3 }];
	expect(toCsv(rows)).toBe('a,b\r\n1,2\r\n3,\r\n');
});
