import {
	ConfigurationError,
	type ReadyConfiguration
} from '../../settings/configuration/read-configuration.ts';
import { TABLE_VARIABLES } from '../../settings/table-names.ts';

/** Where an operator's tables are; what is left out is as the page says. */
export interface TableSources {
	/** Path or address of a file in the MaxMind format. */
	country?: string | undefined;
	/** Path or address of a list of AAGUIDs in the community's format. */
	aaguids?: string | undefined;
	/** Path or address of the FIDO Metadata Service's blob. */
	mds?: string | undefined;
	/** Path of the PEM certificate that the blob's must lead to; FIDO's own root when left out. */
	mdsRoot?: string | undefined;
	/** How often an address is asked again, in hours; as the page says, else as `USUAL_SCHEDULE`, when left out. */
	refreshHours?: number | undefined;
	/** Lets addresses lead to private and loopback networks. */
	allowPrivate?: boolean;
	/** PEM certificates trusted beside the usual ones. */
	ca?: string | undefined;
	/** What says each of them, by its name in the file: the file's name, or a variable's. */
	setBy?: Partial<Record<keyof typeof TABLE_VARIABLES, string>>;
}

/**
 * Reads `PASSLENS_COUNTRY_FILE`, `PASSLENS_AAGUIDS`, `PASSLENS_MDS`, `PASSLENS_MDS_ROOT` and `PASSLENS_TABLES_ALLOW_PRIVATE`
 * (`1`), and what a configuration file says in their place.
 *
 * @throws ConfigurationError when file and environment both give one
 */
export function readTableSources({
	configuration,
	env = process.env
}: {
	configuration?: Pick<ReadyConfiguration, 'file' | 'tables'> | undefined;
	env?: NodeJS.ProcessEnv;
} = {}): TableSources {
	const { file = '', tables = {} } = configuration ?? {};
	const setBy: TableSources['setBy'] = {};
	for (const name of Object.keys(TABLE_VARIABLES) as (keyof typeof TABLE_VARIABLES)[]) {
		const variable = TABLE_VARIABLES[name];
		if (env[variable] && tables[name] !== undefined)
			throw new ConfigurationError(file, [
				{
					path: `tables.${name}`,
					line: undefined,
					column: undefined,
					message: `${variable} is set too: keep one of the two.`
				}
			]);
		if (tables[name] !== undefined) setBy[name] = file;
		else if (env[variable]) setBy[name] = variable;
	}
	const given = (name: 'country' | 'aaguids' | 'mds' | 'mds_root') =>
		tables[name] ?? (env[TABLE_VARIABLES[name]] || undefined);
	return {
		...{ country: given('country'), aaguids: given('aaguids'), mds: given('mds') },
		mdsRoot: given('mds_root'),
		refreshHours: tables.refresh_hours,
		allowPrivate: tables.allow_private ?? env[TABLE_VARIABLES.allow_private] === '1',
		setBy
	};
}
