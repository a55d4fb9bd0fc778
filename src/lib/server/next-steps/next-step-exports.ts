import type { Export } from '../queries/exports.ts';
import { settings } from '../settings.ts';
import { readNextSteps } from './read-next-steps.ts';

export const NEXT_STEP_EXPORTS: Record<string, Export> = {
	'next-steps': {
		run: async ({ client, filters }) => {
			const { steps } = await readNextSteps({ client, settings: await settings(), filters });
			return steps.map(({ key, area, loss, users, of, ofWhom, interval, advice, why }, index) => ({
				...{ rank: index + 1, key, area, users, users_who: loss },
				...{ users_low: interval?.low, users_high: interval?.high },
				...{ of_users: of, of_users_who: ofWhom, advice, why }
			}));
		}
	}
};
