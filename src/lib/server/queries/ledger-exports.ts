import type { Export } from './exports.ts';
import { toParameters } from './filter-sql.ts';
import { queryLedgerFindings, queryLedgerTransitions } from './ledger-findings.ts';

/** Changes of backup flags in one answer. */
const MOST_CHANGES = 10_000;

export const LEDGER_EXPORTS: Record<string, Export> = {
	'ledger-findings': {
		ofPasskeys: true,
		ofPeople: true,
		run: ({ client, filters }) => queryLedgerFindings(client, toParameters(filters))
	},
	'ledger-changes': {
		ofPasskeys: true,
		ofPeople: true,
		run: ({ client, filters }) =>
			queryLedgerTransitions(client, { ...toParameters(filters), limit: MOST_CHANGES })
	}
};
