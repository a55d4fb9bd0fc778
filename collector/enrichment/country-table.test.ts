import { describe, expect, test } from 'vitest';
import { writeMmdb } from '../testing/write-mmdb.ts';
import { countryTable } from './country-table.ts';

const country = (iso_code: string) => ({ country: { iso_code, names: { en: 'x' } } });
const bytes = writeMmdb({
	networks: [
		{ address: '81.2.69.0', prefix: 24, data: country('GB') },
		{ address: '89.160.0.0', prefix: 17, data: { country_code: 'SE' } },
		{ address: '175.16.199.0', prefix: 24, data: { country: 'CN' } },
		{ address: '2.125.160.216', prefix: 29, data: { registered_country: { iso_code: 'GB' } } },
		{ address: '67.43.156.0', prefix: 24, data: { country: 'Bhutan' } },
		{ address: '2001:0218:0:0:0:0:0:0', prefix: 32, data: country('JP') }
	]
});

describe('the country of', () => {
	const { value: findCountry } = countryTable.parse(bytes) as { value: (a: string) => string };
	test.each([
		['an address in a network', '81.2.69.142', 'GB'],
		['the same on a socket that speaks both versions', '::ffff:81.2.69.142', 'GB'],
		['an IPv6 address', '2001:218::1', 'JP'],
		['IPinfo’s flat form', '89.160.20.112', 'SE'],
		['a code where others have a map', '175.16.199.37', 'CN'],
		['a network that is registered somewhere, and used nobody knows where', '2.125.160.217', ''],
		['a name where a code should be', '67.43.156.1', ''],
		['an address in no network', '8.8.8.8', ''],
		['what is no address', 'unknown', ''],
		['nothing', '', '']
	])('%s', (_, address, expected) => {
		expect(findCountry(address)).toBe(expected);
	});
});

test('its version is its type and the day it was built', () => {
	expect(countryTable.parse(bytes)).toMatchObject({ version: 'Test-Country 2023-11-14' });
});

test.each([
	['text', Buffer.from('no such file')],
	['nothing', Buffer.alloc(0)],
	['a file whose beginning is missing', bytes.subarray(bytes.length - 250)]
])('%s is refused', (_, broken) => {
	expect(() => countryTable.parse(broken)).toThrow(/MaxMind format/);
});
