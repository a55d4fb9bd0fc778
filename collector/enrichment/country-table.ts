import { Reader, type Response } from 'mmdb-lib';
import { TableError, type TableKind } from './table.ts';

/** The country of an address: ISO 3166-1 alpha-2 in capitals, empty when the table does not tell. */
export type FindCountry = (address: string) => string;

/** MaxMind's file format, as GeoLite2, DB-IP, IPinfo and others publish it. */
export const countryTable: TableKind<FindCountry> = {
	name: 'country',
	maxBytes: 512 * 1_048_576,
	parse(bytes) {
		const reader = open(bytes);
		const { databaseType, buildEpoch, nodeCount } = reader.metadata;
		return {
			value: (address) => findCountry(reader, address),
			version: `${databaseType} ${buildEpoch.toISOString().slice(0, 10)}`,
			entries: nodeCount
		};
	}
};

function open(bytes: Buffer): Reader<Response> {
	try {
		const reader = new Reader<Response>(bytes);
		// The metadata is read at once and the tree only when asked: a file cut off in between shows here.
		for (const probe of ['1.1.1.1', '2001:4860::1']) reader.get(probe);
		return reader;
	} catch (cause) {
		throw new TableError('not_such_a_table', 'The file is not in the MaxMind format, or broken.', {
			cause
		});
	}
}

function findCountry(reader: Reader<Response>, address: string): string {
	try {
		return codeOf(reader.get(withoutMapping(address)));
	} catch {
		// Not an address: a proxy wrote something else into the header.
		return '';
	}
}

/** MaxMind and DB-IP nest the code; IPinfo has it flat. */
function codeOf(record: unknown): string {
	const { country, country_code } = Object(record) as Record<string, unknown>;
	const code = Object(country).iso_code ?? country_code ?? country;
	return typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : '';
}

/** An IPv4 client on a socket that speaks both. */
function withoutMapping(address: string): string {
	return address.startsWith('::ffff:') ? address.slice(7) : address;
}
