import { CROSS_DEVICE_STEP_NAMES } from '$lib/format/cross-device-names.ts';
import { database } from '$lib/server/database.ts';
import { answerKpis } from '$lib/server/kpis/answer-kpis.ts';
import { CROSS_DEVICE_STEPS, queryCrossDevice } from '$lib/server/queries/cross-device.ts';
import { readCrossDevicePhones } from '$lib/server/queries/cross-device-phones.ts';
import { toFunnelParameters } from '$lib/server/queries/funnel-parameters.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters, hasData } = await parent();
	if (!hasData) return { crossDevice: undefined };
	const client = await database();
	const asked = toFunnelParameters(filters, url.searchParams);
	const [{ kpis }, rows, phones] = await Promise.all([
		answerKpis({ client, ids: ['cda_completion'], filters }),
		queryCrossDevice(client, asked),
		readCrossDevicePhones(client, asked)
	]);
	return {
		crossDevice: {
			kpi: kpis.cda_completion,
			/** Their words: the page would fetch them otherwise. */
			steps: CROSS_DEVICE_STEPS.map((step) => ({ step, ...CROSS_DEVICE_STEP_NAMES[step]! })),
			whole: rows.find(({ whole }) => whole)!,
			platforms: rows.filter(({ whole, prompted }) => !whole && prompted > 0),
			...phones
		}
	};
};
