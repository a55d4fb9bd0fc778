import type { Export } from './exports.ts';
import { toParameters } from './filter-sql.ts';
import { upgradeFunnel } from './upgrade-funnel.ts';

export const UPGRADE_EXPORTS: Record<string, Export> = {
	'upgrade-funnel': {
		run: async ({ client, filters }) =>
			(await upgradeFunnel(client, toParameters(filters))).steps.map((row) => ({ ...row }))
	},
	'upgrade-outcomes': {
		run: async ({ client, filters }) =>
			(await upgradeFunnel(client, toParameters(filters))).outcomes
	}
};
