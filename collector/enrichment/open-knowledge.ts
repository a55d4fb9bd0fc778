import type { Settings } from '../../settings/open-settings.ts';
import type { Log } from '../log.ts';
import { aaguidList } from './aaguid-list.ts';
import { listAuthenticators, listStatusReports, nameProvider } from './authenticators.ts';
import { countryTable } from './country-table.ts';
import { keepLegacyRules } from './keep-legacy-rules.ts';
import { followTableSettings } from './follow-table-settings.ts';
import { keepTable, type Schedule } from './keep-table.ts';
import type { Knowledge } from './knowledge.ts';
import { mdsBlob } from './mds-blob.ts';
import { keepClassifier } from './signature-names.ts';
import type { TableSources } from './table-sources.ts';
import type { TableKind, TableState } from './table.ts';

export interface OpenKnowledge extends Knowledge {
	/** One of each kind, named or not. */
	tables(): TableState[];
	/** Rows of `authenticators_state_v1`. */
	authenticators(): Record<string, unknown>[];
	/** Rows of `authenticator_reports_state_v1`, without when they were seen. */
	statusReports(): Record<string, string>[] | undefined;
	/** Calls back after each look for a table, successful or not; the look is over when what is returned is. */
	onChanged(callback: () => void | Promise<void>): void;
	close(): void;
}

/** Opens the operator's tables and names and keeps them fresh. A table that cannot be had is told in its state, and keeps nobody from starting. */
export async function openKnowledge({
	sources,
	settings,
	directory,
	collector,
	log,
	schedule
}: {
	/** What this collector's file and environment say; the settings say the rest. */
	sources: TableSources;
	/** Where the operator's names of errors, legacy rules and sources of tables are. */
	settings: Settings;
	/** Where copies of the last good tables lie. */
	directory: string;
	/** Name of this collector among others. */
	collector: string;
	log: Log;
	/** In place of what anybody says. */
	schedule?: Schedule | undefined;
}): Promise<OpenKnowledge> {
	const { allowPrivate = false, ca } = sources;
	const callbacks: (() => void | Promise<void>)[] = [];
	const onLoaded = async () => void (await Promise.all(callbacks.map((callback) => callback())));
	const keep = <Value>(kind: TableKind<Value>) =>
		keepTable({ ...{ kind, source: undefined, directory, log, allowPrivate, ca, onLoaded } });

	const tables = {
		country: await keep(countryTable),
		aaguids: await keep(aaguidList),
		mds: await keep(mdsBlob(sources.mdsRoot))
	};
	const { close: closeSources } = await followTableSettings({
		...{ tables, given: sources, schedule, settings, collector, log }
	});
	const { close: closeRules, ...rules } = await keepLegacyRules({ settings, log });
	const { close: closeNames, ...classifier } = await keepClassifier({ settings, log });
	const authenticators = () => ({ listed: tables.aaguids.value(), models: tables.mds.value() });
	const kept = Object.values(tables);
	return {
		findCountry: (address) => tables.country.value()?.(address) ?? '',
		findProvider: (aaguid) => nameProvider(aaguid, authenticators()),
		...rules,
		...classifier,
		tables: () => kept.map((table) => table.state()),
		authenticators: () => listAuthenticators(authenticators()),
		statusReports: () => listStatusReports(tables.mds.value()),
		onChanged: (callback) => void callbacks.push(callback),
		close: () => {
			closeSources();
			closeRules();
			closeNames();
			kept.forEach((table) => table.close());
		}
	};
}
