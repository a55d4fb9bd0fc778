import { queryApplicationHealth, querySending } from './application-health.ts';
import type { Export } from './exports.ts';

export const HEALTH_EXPORTS: Record<string, Export> = {
	'application-health': {
		run: async ({ client, filters: { project } }) =>
			(await queryApplicationHealth(client, { project })).map(({ sdk_versions, ...row }) => ({
				...row,
				sdk_versions: Object.entries(sdk_versions).map(
					([version, count]) => `${version} (${count})`
				)
			}))
	},
	'application-sending': {
		run: ({ client, filters: { project } }) => querySending(client, { project })
	}
};
