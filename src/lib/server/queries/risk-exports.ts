import { RISKS } from '../../format/risk-names.ts';
import type { Export, ExportInput } from './exports.ts';
import { toParameters } from './filter-sql.ts';
import { projectFacts } from './project-facts.ts';
import { readRiskCourse, readSharedCourse } from './read-risk-course.ts';
import { readRemovalCourse } from './removal-course.ts';
import { queryRisk } from './risk.ts';

export const RISK_EXPORTS: Record<string, Export> = {
	risks: {
		ofPasskeys: true,
		run: async ({ client, filters }) => {
			const [row] = await queryRisk(client, toParameters(filters));
			return RISKS.map((risk) => ({ risk, users: row![risk], passkey_users: row!.holders }));
		}
	},
	'risks-over-time': {
		ofPasskeys: true,
		run: async (input) => readRiskCourse(await withFirstDay(input))
	},
	'password-removal-over-time': {
		run: async (input) => readRemovalCourse(await withFirstDay(input))
	},
	'shared-devices-over-time': {
		ofPasskeys: true,
		run: async (input) => readSharedCourse(await withFirstDay(input))
	}
};

async function withFirstDay({ client, filters }: ExportInput) {
	const [facts] = await projectFacts(client, filters);
	return { client, filters, firstDay: facts?.first_day ?? '' };
}
