import { findBuiltInProvider } from '../domain/providers.ts';
import type { Log } from '../log.ts';
import { countryTable } from './country-table.ts';
import { keepTable, type KeptTable, type Schedule } from './keep-table.ts';
import type { Knowledge } from './knowledge.ts';
import type { TableKind, TableState } from './table.ts';

/** Where an operator's tables are; what is left out is not used. */
export interface TableSources {
	/** Path of a file in the MaxMind format. */
	country?: string | undefined;
	/** Lets addresses lead to private and loopback networks. */
	allowPrivate?: boolean;
	/** PEM certificates trusted beside the usual ones. */
	ca?: string | undefined;
}

export interface OpenKnowledge extends Knowledge {
	tables(): TableState[];
	/** Looks for every table now, whatever the schedule says. */
	refresh(): Promise<void>;
	close(): void;
}

/** Opens the operator's tables and keeps them fresh. A table that cannot be had is told in its state, and keeps nobody from starting. */
export async function openKnowledge({
	sources: { country, allowPrivate = false, ca },
	directory,
	log,
	schedule
}: {
	sources: TableSources;
	/** Where copies of the last good tables lie. */
	directory: string;
	log: Log;
	schedule?: Schedule;
}): Promise<OpenKnowledge> {
	const kept: KeptTable<unknown>[] = [];

	async function keep<Value>(kind: TableKind<Value>, source: string | undefined) {
		if (!source) return undefined;
		const table = await keepTable({
			...{ kind, source, directory, log, allowPrivate, ca, onLoaded: () => undefined },
			...(schedule && { schedule })
		});
		kept.push(table);
		return table;
	}

	const countries = await keep(countryTable, country);
	return {
		findCountry: (address) => countries?.value()?.(address) ?? '',
		findProvider: findBuiltInProvider,
		tables: () => kept.map((table) => table.state()),
		refresh: async () => void (await Promise.all(kept.map((table) => table.refresh()))),
		close: () => kept.forEach((table) => table.close())
	};
}

/** Reads the sources from `PASSLENS_COUNTRY_FILE`. */
export function tableSourcesFromEnvironment(env: NodeJS.ProcessEnv = process.env): TableSources {
	return { country: env.PASSLENS_COUNTRY_FILE || undefined };
}
