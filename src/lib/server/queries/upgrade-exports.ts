import type { Export } from './exports.ts';
import { toParameters } from './filter-sql.ts';
import { queryUpgradeFunnel } from './upgrade-funnel.ts';
import { queryUpgradeOutcomes } from './upgrade-outcomes.ts';

export const UPGRADE_EXPORTS: Record<string, Export> = {
	'upgrade-funnel': {
		run: ({ client, filters }) => queryUpgradeFunnel(client, toParameters(filters))
	},
	'upgrade-outcomes': {
		run: ({ client, filters }) => queryUpgradeOutcomes(client, toParameters(filters))
	}
};
