import { CROSS_DEVICE_STEP_NAMES } from '$lib/format/cross-device-names.ts';
import { formatCounted, formatShare } from '$lib/format/number.ts';
import { database } from '$lib/server/database.ts';
import { answerKpis } from '$lib/server/kpis/answer-kpis.ts';
import {
	CROSS_DEVICE_STEPS,
	queryCrossDevice,
	type CrossDeviceRow
} from '$lib/server/queries/cross-device.ts';
import { readCrossDevicePhones, type Turn } from '$lib/server/queries/cross-device-phones.ts';
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
	const whole = rows.find((row) => row.whole)!;
	return {
		crossDevice: {
			kpi: kpis.cda_completion,
			// Words are said here: the page would fetch them otherwise.
			summary: summarise(whole),
			turnNames: TURN_NAMES,
			steps: CROSS_DEVICE_STEPS.map((step) => ({ step, ...CROSS_DEVICE_STEP_NAMES[step]! })),
			whole,
			platforms: rows.filter(({ whole, prompted }) => !whole && prompted > 0),
			...phones
		}
	};
};

const TURN_NAMES: Record<Turn, string> = {
	first: 'First time',
	second: 'Second time',
	later: 'Third and later',
	unnamed: 'Not known who'
};

function summarise({ prompted, succeeded, passkey_here }: CrossDeviceRow): string {
	if (prompted === 0) return 'Signing in or creating a passkey here with a phone that holds it.';
	return `${formatShare(succeeded, prompted)} of ${formatCounted(prompted, 'cross-device prompt')} succeeded; after ${formatShare(passkey_here, succeeded)} of those the user has a passkey of their own here, and need not reach for the phone again.`;
}
