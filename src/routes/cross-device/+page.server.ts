import { nameCells, nameFunnel } from '$lib/charts/name-chart.ts';
import type { Ecosystem } from '$lib/filters.ts';
import { CROSS_DEVICE_STEP_NAMES } from '$lib/format/cross-device-names.ts';
import { ECOSYSTEM_NAMES } from '$lib/format/names.ts';
import { formatCount, formatCounted, formatShare } from '$lib/format/number.ts';
import { LINKING_NAMES, linkingOf, type Linking } from '$lib/format/phone-linking.ts';
import { database } from '$lib/server/database.ts';
import { inPart } from '$lib/breakdown/part-link.ts';
import { gapLink, stepLinks } from '$lib/funnels/gap-link.ts';
import { stepNote } from '$lib/funnels/step-times.ts';
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
	const { filters, hasData, projects } = await parent();
	if (!hasData) return { crossDevice: undefined };
	const client = await database();
	const asked = toFunnelParameters(filters, url.searchParams);
	const [{ kpis }, rows, phones] = await Promise.all([
		answerKpis({ client, ids: ['cda_completion'], filters }),
		queryCrossDevice(client, asked),
		readCrossDevicePhones(client, asked)
	]);
	const whole = rows.find((row) => row.whole)!;
	const to = { filters, defaultProject: projects[0]?.id ?? '', search: url.searchParams };
	const link = (step: Step, which: Which) => usersAt(step, which, to);
	return {
		crossDevice: {
			kpi: kpis.cda_completion,
			// Words are said here: the page would fetch them otherwise.
			summary: summarise(whole),
			...sayOfTurns(phones.turns, whole),
			saidOfPrompts: sayOfPrompts(whole),
			funnelName: nameFunnel(
				'Cross-device funnel, ceremonies by step',
				CROSS_DEVICE_STEPS.map((step) => ({
					label: CROSS_DEVICE_STEP_NAMES[step]!.name,
					value: whole[step]
				}))
			),
			saidOfPhones: sayOfPhones(phones.phones, whole),
			phonesName: nameCells(
				'Answers by platform and phone',
				phones.phones.map(({ platform, phone, answered }) => ({
					row: platform || 'Not known',
					column: ECOSYSTEM_NAMES[phone as Ecosystem],
					count: answered
				}))
			),
			steps: CROSS_DEVICE_STEPS.map((step, index) => {
				const { name, meaning } = CROSS_DEVICE_STEP_NAMES[step]!;
				const { median_ms, p90_ms } = whole;
				const time = { median_ms: median_ms[index]!, p90_ms: p90_ms[index]! };
				return {
					...{ key: step, label: name, meaning, note: stepNote(meaning, time) },
					...{ ...time, value: whole[step] },
					...stepLinks({ funnel: 'cross-device', step, ...to }),
					// That most ceremonies need no other device is no drop-out.
					optional: step === 'prompted'
				};
			}),
			whole,
			platforms: rows
				.filter(({ whole, prompted }) => !whole && prompted > 0)
				.map((row) => ({
					...row,
					leads: leadsOf(CROSS_DEVICE_STEPS, (step) => link(step, row))
				})),
			phones: phones.phones.map((row) => ({
				...row,
				linking: LINKING_NAMES[linkingOf(row.platform, row.phone)],
				leads: leadsOf(ANSWER_STEPS, (step) => link(step, row))
			})),
			turns: phones.turns.map((row) => ({
				...row,
				name: TURN_NAMES[row.turn],
				leads: leadsOf(ANSWER_STEPS, (step) => link(step, row))
			})),
			/** Where the answers of all phones lead, by the platform asked. */
			byPlatform: Object.fromEntries(
				phones.phones.map(({ platform }) => [platform, link('answered', { platform })])
			)
		}
	};
};

const ANSWER_STEPS = ['answered', 'succeeded', 'offered_here', 'passkey_here'] as const;
type Step = (typeof CROSS_DEVICE_STEPS)[number] | (typeof ANSWER_STEPS)[number];

/** Which ceremonies of a step: all that are told by these. */
interface Which {
	platform?: string;
	phone?: string;
	turn?: string;
}

/** The list of whose ceremonies got to a step, or after which a passkey of their own was offered. */
function usersAt(
	step: Step,
	{ platform, phone = '', turn = '' }: Which,
	to: Omit<Parameters<typeof gapLink>[0], 'funnel' | 'step' | 'parameters'>
): string | undefined {
	const offered = step === 'offered_here';
	const address = gapLink({
		...{ ...to, funnel: 'cross-device', step: offered ? 'succeeded' : step },
		parameters: { reached: 'yes', phone, turn, offered: offered ? 'yes' : '' }
	});
	return platform === undefined || !address ? address : inPart(address, 'platform', platform);
}

/** Where each count of a row leads. */
const leadsOf = <Key extends string>(
	keys: readonly Key[],
	link: (key: Key) => string | undefined
) => Object.fromEntries(keys.map((key) => [key, link(key)])) as Record<Key, string | undefined>;

const TURN_NAMES: Record<Turn, string> = {
	first: 'First time',
	second: 'Second time',
	later: 'Third and later',
	unnamed: 'Not known who'
};

function summarise({ prompted, succeeded, passkey_here }: CrossDeviceRow): string {
	if (prompted === 0) return 'Signing in or creating a passkey here with a phone that holds it.';
	const share = `${formatShare(succeeded, prompted)} of ${formatCounted(prompted, 'cross-device prompt')} succeeded`;
	if (succeeded === 0) return `${share}.`;
	return `${share}; after ${formatShare(passkey_here, succeeded)} of those the user has a passkey of their own here, and need not reach for the phone again.`;
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
		saidOfTurns: `${formatShare(again, answered)} of the answers came from users who had reached for their phone here before: a passkey of their own would spare them that. It was offered after ${offered} of the successes. A linked phone is asked without a QR code, so later turns that are no quicker than the first speak for a scan each time.`
	};
}

/** What the devices say of linking, which no page is told. */
function sayOfPhones(phones: CrossDevicePhones['phones'], { answered }: CrossDeviceRow): string {
	const of = (linking: Linking) => {
		const rows = phones.filter((row) => linkingOf(row.platform, row.phone) === linking);
		return formatShare(
			rows.reduce((sum, row) => sum + row.answered, 0),
			answered
		);
	};
	return `Ceremonies answered, by the platform that showed the prompt and the ecosystem of the passkey that answered. Whether the phone was linked or a QR code was scanned is the browser’s secret, but not every pair can be linked: ${of('never')} of the answers took a code each time, as iPhones always do; ${of('may_be')} came from Android phones, which can be linked to Windows 11 (from 23H2); of the rest it is not known.`;
}

const sayOfPrompts = ({ hinted, prompted }: CrossDeviceRow) =>
	`A page cannot see the QR code. A prompt is known where the other device answered, where it could not be reached, and where the site asked for it with the hint “hybrid” (${formatCount(hinted)} of ${formatCount(prompted)} here): without the hint, who looked at the code and gave up does not show, and completion errs on the high side. For comparison: 60–78 % on Windows and 66–86 % on macOS (Corbado benchmark, 2026).`;
