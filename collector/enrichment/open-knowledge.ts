import {
	ConfigurationError,
	type ReadyConfiguration
} from '../../settings/configuration/read-configuration.ts';
import type { Settings } from '../../settings/open-settings.ts';
import type { Log } from '../log.ts';
import { aaguidList } from './aaguid-list.ts';
import { listAuthenticators, listStatusReports, nameProvider } from './authenticators.ts';
import { countryTable } from './country-table.ts';
import { keepLegacyRules } from './keep-legacy-rules.ts';
import { keepTable, USUAL_SCHEDULE, type KeptTable, type Schedule } from './keep-table.ts';
import type { Knowledge } from './knowledge.ts';
import { mdsBlob } from './mds-blob.ts';
import { keepClassifier } from './signature-names.ts';
import type { TableKind, TableState } from './table.ts';

/** Where an operator's tables are; what is left out is not used. */
export interface TableSources {
	/** Path of a file in the MaxMind format. */
	country?: string | undefined;
	/** Path or address of a list of AAGUIDs in the community's format. */
	aaguids?: string | undefined;
	/** Path or address of the FIDO Metadata Service's blob. */
	mds?: string | undefined;
	/** Path of the PEM certificate that the blob's must lead to; FIDO's own root when left out. */
	mdsRoot?: string | undefined;
	/** How often an address is asked again, in hours; as `USUAL_SCHEDULE` says when left out. */
	refreshHours?: number | undefined;
	/** Lets addresses lead to private and loopback networks. */
	allowPrivate?: boolean;
	/** PEM certificates trusted beside the usual ones. */
	ca?: string | undefined;
}

export interface OpenKnowledge extends Knowledge {
	tables(): TableState[];
	/** Rows of `authenticators_state_v1`. */
	authenticators(): Record<string, unknown>[];
	/** Rows of `authenticator_reports_state_v1`, without when they were seen. */
	statusReports(): Record<string, string>[];
	/** Calls back after each look for a table, successful or not. */
	onChanged(callback: () => void): void;
	/** Looks for every table now, whatever the schedule says. */
	refresh(): Promise<void>;
	close(): void;
}

/** Opens the operator's tables and names and keeps them fresh. A table that cannot be had is told in its state, and keeps nobody from starting. */
export async function openKnowledge({
	sources,
	settings,
	directory,
	log,
	schedule = scheduleOf(sources)
}: {
	sources: TableSources;
	/** Where the operator's names of errors and legacy rules are. */
	settings: Settings;
	/** Where copies of the last good tables lie. */
	directory: string;
	log: Log;
	schedule?: Schedule;
}): Promise<OpenKnowledge> {
	const { allowPrivate = false, ca } = sources;
	const kept: KeptTable<unknown>[] = [];
	const callbacks: (() => void)[] = [];
	const onLoaded = () => callbacks.forEach((callback) => callback());

	async function keep<Value>(kind: TableKind<Value>, source: string | undefined) {
		if (!source) return undefined;
		const table = await keepTable({
			...{ kind, source, directory, log, schedule, allowPrivate, ca, onLoaded }
		});
		kept.push(table);
		return table;
	}

	const [countries, listed, models] = await Promise.all([
		keep(countryTable, sources.country),
		keep(aaguidList, sources.aaguids),
		keep(mdsBlob(sources.mdsRoot), sources.mds)
	]);
	const { close: closeRules, ...rules } = await keepLegacyRules({ settings, log });
	const { close: closeNames, ...classifier } = await keepClassifier({ settings, log });
	const authenticators = () => ({ listed: listed?.value(), models: models?.value() });
	return {
		findCountry: (address) => countries?.value()?.(address) ?? '',
		findProvider: (aaguid) => nameProvider(aaguid, authenticators()),
		...rules,
		...classifier,
		tables: () => kept.map((table) => table.state()),
		authenticators: () => listAuthenticators(authenticators()),
		statusReports: () => listStatusReports(models?.value()),
		onChanged: (callback) => void callbacks.push(callback),
		refresh: async () => void (await Promise.all(kept.map((table) => table.refresh()))),
		close: () => {
			closeRules();
			closeNames();
			kept.forEach((table) => table.close());
		}
	};
}

const HOUR_MS = 3_600_000;

function scheduleOf({ refreshHours }: TableSources): Schedule {
	if (refreshHours === undefined) return USUAL_SCHEDULE;
	return { ...USUAL_SCHEDULE, addressMs: refreshHours * HOUR_MS };
}

const VARIABLES = {
	country: 'PASSLENS_COUNTRY_FILE',
	aaguids: 'PASSLENS_AAGUIDS',
	mds: 'PASSLENS_MDS',
	mds_root: 'PASSLENS_MDS_ROOT',
	allow_private: 'PASSLENS_TABLES_ALLOW_PRIVATE'
} as const;

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
	for (const [name, variable] of Object.entries(VARIABLES))
		if (env[variable] && tables[name as keyof typeof VARIABLES] !== undefined)
			throw new ConfigurationError(file, [
				{
					path: `tables.${name}`,
					line: undefined,
					column: undefined,
					message: `${variable} is set too: keep one of the two.`
				}
			]);
	return {
		country: tables.country ?? (env.PASSLENS_COUNTRY_FILE || undefined),
		aaguids: tables.aaguids ?? (env.PASSLENS_AAGUIDS || undefined),
		mds: tables.mds ?? (env.PASSLENS_MDS || undefined),
		mdsRoot: tables.mds_root ?? (env.PASSLENS_MDS_ROOT || undefined),
		refreshHours: tables.refresh_hours,
		allowPrivate: tables.allow_private ?? env.PASSLENS_TABLES_ALLOW_PRIVATE === '1'
	};
}
