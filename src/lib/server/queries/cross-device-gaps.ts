import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { ECOSYSTEMS } from '../../filters.ts';
import { defineQuery } from '../define-query.ts';
import { ANSWERS_SQL, TURNS } from './cross-device-phones.ts';
import { CROSS_DEVICE_SQL } from './cross-device.ts';
import { gapParameters, isThere, ofAttempts } from './gap-sql.ts';
import { listedUsers } from './listed-users.ts';

/** Which of the ceremonies at a step are meant; all where nothing is said. */
export interface Crossing {
	/** By the system that showed the prompt, empty: one that is not known. Left out: any. */
	platform?: string;
	/** By the ecosystem of the passkey that answered. */
	phone: (typeof ECOSYSTEMS)[number] | '';
	turn: (typeof TURNS)[number] | '';
	/** Those alone after which a passkey of the user's own was offered. */
	offered: boolean;
}

const parameters = gapParameters.extend({
	/** One or none: any. */
	platforms: z.array(z.string())
});

const AT_STEP = `${isThere('depth')} AND (empty({platforms: Array(String)}) OR has({platforms: Array(String)}, os_name))`;

const queryGap = defineQuery({
	name: 'cross-device-gap',
	parameters,
	row: listedUsers.row,
	sql: `WITH ${CROSS_DEVICE_SQL} ${ofAttempts('crossings', 'began_at', AT_STEP)}`
});

const queryAnswers = defineQuery({
	name: 'cross-device-answers',
	parameters: parameters.extend({
		phone: z.enum(['', ...ECOSYSTEMS]),
		turn: z.enum(['', ...TURNS]),
		offered: z.boolean()
	}),
	row: listedUsers.row,
	sql: `WITH ${ANSWERS_SQL} ${ofAttempts(
		'answers',
		'answered_at',
		`${AT_STEP} AND ({phone: String} = '' OR phone = {phone: String}) AND ({turn: String} = '' OR turn = {turn: String})
	AND (offered_here OR NOT {offered: Bool})`
	)}`
});

/** Which of them an address asks for. */
export function parseCrossing(search: URLSearchParams): Crossing {
	const platform = search.get('by') === 'platform' ? search.get('part') : null;
	return {
		...(platform !== null && { platform: platform.slice(0, 64) }),
		phone: ECOSYSTEMS.find((one) => one === search.get('phone')) ?? '',
		turn: TURNS.find((one) => one === search.get('turn')) ?? '',
		offered: search.get('offered') === 'yes'
	};
}

export function queryCrossDeviceGap(
	client: ClickHouseClient,
	{
		crossing: { platform, ...answer },
		...asked
	}: z.input<typeof gapParameters> & { crossing: Crossing }
) {
	const platforms = platform === undefined ? [] : [platform];
	// What answered, and how often before, is looked up of answers alone.
	return answer.phone || answer.turn || answer.offered
		? queryAnswers(client, { ...asked, platforms, ...answer })
		: queryGap(client, { ...asked, platforms });
}
