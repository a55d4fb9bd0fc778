import { expect, test } from 'vitest';
import { readTableSources } from './table-sources.ts';

const file = 'passlens.config.yaml';

test('tables are where the environment says', () => {
	expect(
		readTableSources({ env: { PASSLENS_MDS: '/mds', PASSLENS_TABLES_ALLOW_PRIVATE: '1' } })
	).toEqual({
		country: undefined,
		aaguids: undefined,
		mds: '/mds',
		mdsRoot: undefined,
		refreshHours: undefined,
		allowPrivate: true,
		setBy: { mds: 'PASSLENS_MDS', allow_private: 'PASSLENS_TABLES_ALLOW_PRIVATE' }
	});
});

test('and where a configuration file says', () => {
	const tables = {
		mds: '/mds',
		mds_root: '/root.pem',
		country: '/country',
		refresh_hours: 6,
		allow_private: false
	};
	expect(
		readTableSources({ configuration: { file, tables }, env: { PASSLENS_AAGUIDS: '/a' } })
	).toEqual({
		country: '/country',
		aaguids: '/a',
		mds: '/mds',
		mdsRoot: '/root.pem',
		refreshHours: 6,
		allowPrivate: false,
		setBy: {
			...{ mds: file, mds_root: file, country: file, allow_private: file },
			aaguids: 'PASSLENS_AAGUIDS'
		}
	});
});

test.each([
	['mds', { mds: '/mds' }, 'PASSLENS_MDS'],
	['country', { country: '/country' }, 'PASSLENS_COUNTRY_FILE'],
	['allow_private', { allow_private: false }, 'PASSLENS_TABLES_ALLOW_PRIVATE']
])('both giving %s is a mistake that names both', (name, tables, variable) => {
	expect(() =>
		readTableSources({ configuration: { file, tables }, env: { [variable]: '1' } })
	).toThrow(`passlens.config.yaml  tables.${name}: ${variable} is set too: keep one of the two.`);
});
