import { describe, expect, test } from 'vitest';
import { findBuiltInProvider, ZERO_AAGUID } from '../domain/providers.ts';
import { aaguidList, type ListedProvider } from './aaguid-list.ts';
import { listAuthenticators, nameProvider } from './authenticators.ts';
import type { AuthenticatorModel } from './mds-blob.ts';
import type { Parsed } from './table.ts';

const NEW = '11111111-2222-4333-8444-555555555555';
const APPLE = 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd';
const VIRTUAL = '01020304-0506-0708-0102-030405060708';
const PNG = 'data:image/png;base64,iVBORw0KGgo=';

type List = Parsed<ReadonlyMap<string, ListedProvider>>;
const parse = (list: unknown) => aaguidList.parse(Buffer.from(JSON.stringify(list))) as List;
const model: AuthenticatorModel = {
	description: 'A key by its model',
	reports: [],
	statusChangedOn: '2025-01-01',
	roaming: true,
	blobNumber: 7
};

test('an entry in the community’s format is read, its AAGUID in any case', () => {
	const { value, entries } = parse({
		[NEW.toUpperCase()]: { name: ' New Manager ', icon_light: PNG, icon_dark: null, more: 1 }
	});
	expect(entries).toBe(1);
	expect(value.get(NEW)).toEqual({ name: 'New Manager', iconLight: PNG, iconDark: '' });
});

test('an empty list is a list', () => {
	expect(parse({})).toMatchObject({ entries: 0 });
});

test.each([
	['a script where an icon should be', 'data:text/html;base64,PHNjcmlwdD4='],
	['an address', 'https://tracker.example/icon.png'],
	['a picture larger than an icon', `data:image/png;base64,${'A'.repeat(40_000)}`],
	['a number', 7]
])('%s is left out, the name is kept', (_, icon_light) => {
	expect(parse({ [NEW]: { name: 'New', icon_light } }).value.get(NEW)).toEqual({
		name: 'New',
		iconLight: '',
		iconDark: ''
	});
});

test('an entry that is none costs nobody else theirs', () => {
	const list = { [NEW]: { name: 'New' }, x: { name: 'no AAGUID' }, [APPLE]: { name: '' } };
	expect([...parse(list).value.keys()]).toEqual([NEW]);
});

test.each([
	['text', 'half a f'],
	['an array', '[]'],
	['null', 'null'],
	['an object of something else', '{"error":"not found"}']
])('%s is refused, so that it does not take the last good list’s place', (_, text) => {
	expect(() => aaguidList.parse(Buffer.from(text))).toThrow(
		expect.objectContaining({ code: 'not_such_a_table' })
	);
});

describe('the name of', () => {
	const { value: listed } = parse({
		[NEW]: { name: 'New Manager' },
		[APPLE]: { name: 'iCloud Keychain' },
		[VIRTUAL]: { name: 'Not a test' },
		[ZERO_AAGUID]: { name: 'Zero' },
		'66666666-2222-4333-8444-555555555555': { name: 'Our app', ecosystem: 'apple' }
	});
	const models = new Map([
		[NEW, model],
		['77777777-2222-4333-8444-555555555555', model],
		['88888888-2222-4333-8444-555555555555', { ...model, roaming: false }]
	]);
	test.each([
		['one in the list and in MDS', NEW, { name: 'New Manager', ecosystem: 'security_key' }],
		['one in the list and known here', APPLE, { name: 'iCloud Keychain', ecosystem: 'apple' }],
		['a virtual authenticator, whatever the list says', VIRTUAL, findBuiltInProvider(VIRTUAL)],
		['zero, whatever the list says', ZERO_AAGUID, undefined],
		[
			'one whose ecosystem the list says',
			'66666666-2222-4333-8444-555555555555',
			{ name: 'Our app', ecosystem: 'apple' }
		],
		[
			'one in MDS alone',
			'77777777-2222-4333-8444-555555555555',
			{ name: model.description, ecosystem: 'security_key' }
		],
		[
			'one in MDS that is part of a device',
			'88888888-2222-4333-8444-555555555555',
			{ name: model.description, ecosystem: undefined }
		],
		['one nobody knows', '99999999-2222-4333-8444-555555555555', undefined],
		['none', undefined, undefined]
	])('%s', (_, aaguid, expected) => {
		expect(nameProvider(aaguid, { listed, models })).toEqual(expected);
	});

	test('each AAGUID that any source tells of is listed once, with who named it', () => {
		const rows = listAuthenticators({ listed, models });
		const of = (aaguid: string) => rows.filter((row) => row.aaguid === aaguid);
		expect(of(ZERO_AAGUID)).toEqual([]);
		expect(of(NEW)).toMatchObject([{ named_by: 'aaguids', status_changed_on: '2025-01-01' }]);
		expect(of(VIRTUAL)).toMatchObject([{ named_by: 'passlens', test: true }]);
		expect(of('77777777-2222-4333-8444-555555555555')).toMatchObject([{ named_by: 'mds' }]);
	});
});
