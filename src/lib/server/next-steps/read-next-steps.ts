import type { ClickHouseClient } from '@clickhouse/client';
import type { Settings } from '../../../../settings/open-settings.ts';
import type { Filters } from '../../filters.ts';
import { rankNextSteps, type NextStep } from '../../next-steps/next-step.ts';
import {
	fromEnrolment,
	fromFailures,
	fromRisks,
	fromStranded,
	fromUpgrades
} from '../../next-steps/propose-next-steps.ts';
import { readFailures } from '../failures/read-failures.ts';
import { readEnrolmentFunnel } from '../queries/enrolment-funnel.ts';
import { toParameters } from '../queries/filter-sql.ts';
import { toFunnelParameters } from '../queries/funnel-parameters.ts';
import { readCollected, type Collected } from '../queries/kpi-collected.ts';
import { queryRisk } from '../queries/risk.ts';
import { queryStrandedUsers } from '../queries/stranded-users.ts';
import { upgradeFunnel } from '../queries/upgrade-funnel.ts';

/** What could be done next, by how many users it concerns, of the questions that the pages ask which it leads to. */
export async function readNextSteps({
	client,
	settings,
	filters: asked
}: {
	client: ClickHouseClient;
	settings: Settings;
	filters: Filters;
}): Promise<{ steps: NextStep[]; collected: Collected }> {
	// Users have no provider.
	const filters = { ...asked, provider: '' };
	const parameters = toParameters(filters);
	const funnelParameters = toFunnelParameters(filters, new URLSearchParams());
	const collected = await readCollected(client, filters.project);
	if (!collected.users) return { steps: [], collected };
	const [enrolment, upgrades, stranded, risks, failures] = await Promise.all([
		readEnrolmentFunnel(client, funnelParameters, collected),
		upgradeFunnel(client, funnelParameters),
		queryStrandedUsers(client, parameters),
		queryRisk(client, parameters),
		readFailures({ client, settings, filters, kind: 'errors' })
	]);
	const steps = rankNextSteps([
		...fromEnrolment(enrolment.steps),
		...fromUpgrades(upgrades.steps),
		...fromStranded(stranded),
		// An aggregate without groups is one row, whatever there is.
		...fromRisks(risks[0]!),
		...fromFailures(failures.groups)
	]);
	return { steps, collected };
}
