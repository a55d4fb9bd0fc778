import { database } from '$lib/server/database.ts';
import { follow } from '$lib/server/follow.ts';
import { readNextSteps } from '$lib/server/next-steps/read-next-steps.ts';
import { settings } from '$lib/server/settings.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent, url, isDataRequest }) => {
	const { filters, hasData } = await parent();
	if (!hasData) return { next: undefined };
	const next = readNextSteps({ client: await database(), settings: await settings(), filters });
	return follow({ url, isDataRequest }, { next });
};
