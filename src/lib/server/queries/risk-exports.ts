import { RISKS } from '../../format/risk-names.ts';
import type { Export } from './exports.ts';
import { toParameters } from './filter-sql.ts';
import { projectFacts } from './project-facts.ts';
import { readRiskCourse } from './read-risk-course.ts';
import { queryRisk } from './risk.ts';

export const RISK_EXPORTS: Record<string, Export> = {
	risks: {
		run: async ({ client, filters }) => {
			const [row] = await queryRisk(client, toParameters(filters));
			return RISKS.map((risk) => ({ risk, users: row![risk], passkey_users: row!.holders }));
		}
	},
	'risks-over-time': {
		run: async ({ client, filters }) => {
			const [facts] = await projectFacts(client, filters);
			return readRiskCourse({ client, filters, firstDay: facts?.first_day ?? '' });
		}
	}
};
