import { failuresByBucket, isInView, parseFailureView } from '../../failures/failure-list.ts';
import { settings } from '../settings.ts';
import { readFailures } from '../failures/read-failures.ts';
import type { Export, ExportInput } from './exports.ts';

export const FAILURE_EXPORTS: Record<string, Export> = {
	failures: {
		run: async (input) => {
			const { groups, buckets } = await read(input);
			return groups.map(({ lost, trend, before, back_in, ...group }) => ({
				...group,
				...{ before, back_in },
				people: lost?.people,
				succeeded_all_the_same: lost?.succeeded,
				users_lost: lost?.estimate,
				users_lost_low: lost?.low,
				users_lost_high: lost?.high,
				not_compared: lost?.uncompared,
				baseline: lost?.baseline,
				trend_from: buckets[0],
				trend
			}));
		}
	},
	'failure-trend': {
		run: async (input) => {
			const { groups, buckets } = await read(input);
			return failuresByBucket(groups, buckets);
		}
	}
};

/** The groups that the page of this address lists; one alone where it is a group's page. */
async function read({ client, filters, search }: ExportInput) {
	const view = parseFailureView(search);
	const group = /^[0-9a-f]{10}$/.exec(search.get('group') ?? '')?.[0] ?? '';
	const kind = view === 'expected' ? ('expected' as const) : ('errors' as const);
	const found = await readFailures({
		...{ client, filters, kind, group, line: search.get('q') ?? '' },
		settings: await settings()
	});
	return {
		...found,
		groups: found.groups.filter(({ state }) => group !== '' || isInView(state, view))
	};
}
