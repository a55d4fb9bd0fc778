import { CROSS_DEVICE_STEP_NAMES } from '$lib/format/cross-device-names.ts';
import { formatCount, formatCounted, formatShare } from '$lib/format/number.ts';
import { database } from '$lib/server/database.ts';
import { answerKpis } from '$lib/server/kpis/answer-kpis.ts';
import {
	CROSS_DEVICE_STEPS,
	queryCrossDevice,
	type CrossDeviceRow
} from '$lib/server/queries/cross-device.ts';
import {
	readCrossDevicePhones,
	type CrossDevicePhones,
	type Turn
} from '$lib/server/queries/cross-device-phones.ts';
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
			...sayOfTurns(phones.turns, whole),
			saidOfPrompts: sayOfPrompts(whole),
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

function sayOfTurns(turns: CrossDevicePhones['turns'], { answered }: CrossDeviceRow) {
	const sumOf = (rows: typeof turns, key: 'answered' | 'succeeded' | 'offered_here') =>
		rows.reduce((sum, row) => sum + row[key], 0);
	const again = sumOf(
		turns.filter(({ turn }) => turn === 'second' || turn === 'later'),
		'answered'
	);
	const offered = formatShare(sumOf(turns, 'offered_here'), sumOf(turns, 'succeeded'));
	return {
		again,
		saidOfTurns: `${formatShare(again, answered)} of the answers came from users who had reached for their phone here before: a passkey of their own would spare them that. It was offered after ${offered} of the successes. Whether the phone was linked to this device or a QR code was scanned each time is the browser’s secret; a linked phone is asked without a code, so later turns that are no quicker than the first speak for a scan each time.`
	};
}

const sayOfPrompts = ({ hinted, prompted }: CrossDeviceRow) =>
	`A page cannot see the QR code. A prompt is known where the other device answered, where it could not be reached, and where the site asked for it with the hint “hybrid” (${formatCount(hinted)} of ${formatCount(prompted)} here): without the hint, who looked at the code and gave up does not show, and completion errs on the high side. For comparison: 60–78 % on Windows and 66–86 % on macOS (Corbado benchmark, 2026).`;
