import { formatShare } from '$lib/format/number.ts';
import { database } from '$lib/server/database.ts';
import { kpi } from '$lib/server/kpis/registry.ts';
import { toParameters } from '$lib/server/queries/filter-sql.ts';
import { toFunnelParameters } from '$lib/server/queries/funnel-parameters.ts';
import { queryUpgradeCoverage } from '$lib/server/queries/upgrade-coverage.ts';
import { upgradeFunnel } from '$lib/server/queries/upgrade-funnel.ts';
import type { PageServerLoad } from './$types';
import { toFunnels } from './funnels.ts';

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const client = await database();
	const parameters = toParameters(filters);
	const [{ steps, outcomes, ...funnel }, [coverage]] = await Promise.all([
		upgradeFunnel(client, toFunnelParameters(filters, url.searchParams)),
		queryUpgradeCoverage(client, parameters)
	]);
	return {
		definition: kpi('upgrade_rate'),
		...funnel,
		funnels: toFunnels(steps, outcomes),
		// An aggregate without groups is one row, whatever there is.
		coverage: coverage!,
		howCounted: describeCounting(coverage!)
	};
};

/** Said here and not in the page, which is near the kilobytes that a page may fetch. */
function describeCounting({
	responded,
	with_verdict,
	with_user
}: Awaited<ReturnType<typeof queryUpgradeCoverage>>[number]): string {
	return `One user counts once a class. A step counts only when all earlier ones were reached, each at or after the one before, all within the period. The filters choose the sign-ins a user enters by; what follows may happen in any application. From “Started” on, one attempt is followed with its own credential, and a user stands where the attempt that got furthest does. A registration no prompt had led to counts as offered: the user found it themselves. ${formatShare(with_verdict, responded)} of completed ceremonies came with the server’s verdict, ${formatShare(with_user, responded)} with a known user: the rest cannot be counted here.`;
}
