import { SYNC_STATES } from '../../format/names.ts';
import { answerKpis, shareOf } from '../kpis/answer-kpis.ts';
import type { Export } from './exports.ts';
import { toParameters } from './filter-sql.ts';
import { querySuspectedMoves, readFlagChanges } from './ledger-counts.ts';
import { projectFacts } from './project-facts.ts';
import { readProviderCourse } from './provider-course.ts';
import { readSyncInventory } from './sync-inventory.ts';
import { queryStrandedUsers } from './stranded-users.ts';
import { querySyncStateChanges, statesByBucket } from './sync-states-over-time.ts';

export const SYNC_EXPORTS: Record<string, Export> = {
	'sync-reach': {
		run: async ({ client, filters }) => {
			const ids = ['reach'] as const;
			const { kpis } = await answerKpis({ client, ids, filters, trend: false });
			const { parts = [] } = shareOf(kpis.reach);
			return parts.map(({ key, numerator }) => ({ ecosystems: key, users: numerator }));
		}
	},
	'sync-states': {
		ofPasskeys: true,
		run: async ({ client, filters }) => {
			const { states: rows } = await readSyncInventory(client, toParameters(filters));
			// As the page's table has it: a state without credentials is a line of zeros.
			return SYNC_STATES.map(
				(sync_state) =>
					rows.find((row) => row.sync_state === sync_state) ?? {
						sync_state,
						credentials: 0,
						users: 0,
						flags_illegal: 0,
						eligibility_changed: 0
					}
			);
		}
	},
	'sync-states-over-time': {
		ofPasskeys: true,
		run: async ({ client, filters }) => {
			const [[facts], changes] = await Promise.all([
				projectFacts(client, filters),
				querySyncStateChanges(client, toParameters(filters))
			]);
			const firstDay = facts?.first_day ?? '';
			const days = statesByBucket({ changes, range: filters, firstDay });
			return days.map(({ day, counts }) => ({
				day,
				...Object.fromEntries(SYNC_STATES.map((state) => [state, counts[state]]))
			}));
		}
	},
	'providers-over-time': {
		ofPasskeys: true,
		run: async ({ client, filters }) => {
			const [facts] = await projectFacts(client, filters);
			const firstDay = facts?.first_day ?? '';
			const parameters = toParameters(filters);
			const course = await readProviderCourse(client, parameters, { range: filters, firstDay });
			return course.buckets.flatMap(({ day, total, counts }) =>
				course.providers.map(({ key, provider, ecosystem }) => ({
					...{ day, provider, ecosystem },
					credentials: counts && (counts[key] ?? 0),
					of: total
				}))
			);
		}
	},
	'flag-changes': {
		ofPasskeys: true,
		run: async ({ client, filters }) => {
			const { seen, changes } = await readFlagChanges(client, toParameters(filters));
			return changes.map(({ verdict, ...counts }) => ({ change: verdict, ...counts, of: seen }));
		}
	},
	'suspected-moves': {
		ofPasskeys: true,
		run: ({ client, filters }) => querySuspectedMoves(client, toParameters(filters))
	},
	'stranded-users': {
		run: async ({ client, filters }) =>
			(await queryStrandedUsers(client, toParameters(filters))).map(({ holds, system, users }) => ({
				holds: holds.join(' '),
				system,
				users
			}))
	},
	'sync-by-provider': {
		ofPasskeys: true,
		run: async ({ client, filters }) =>
			(await readSyncInventory(client, toParameters(filters))).providers
	},
	'sync-platform-provider': {
		ofPasskeys: true,
		run: async ({ client, filters }) =>
			(await readSyncInventory(client, toParameters(filters))).platforms
	}
};
