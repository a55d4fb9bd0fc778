import type { Export } from './exports.ts';
import { toFunnelParameters } from './funnel-parameters.ts';
import { upgradeFunnel } from './upgrade-funnel.ts';

export const UPGRADE_EXPORTS: Record<string, Export> = {
	'upgrade-funnel': {
		run: async ({ client, filters, search }) =>
			(await upgradeFunnel(client, toFunnelParameters(filters, search))).steps.map((row) => ({
				...row
			}))
	},
	'upgrade-outcomes': {
		run: async ({ client, filters, search }) =>
			(await upgradeFunnel(client, toFunnelParameters(filters, search))).outcomes
	}
};
