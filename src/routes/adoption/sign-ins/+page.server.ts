import { formatCounted, formatShare } from '$lib/format/number.ts';
import { database } from '$lib/server/database.ts';
import { answerKpis } from '$lib/server/kpis/answer-kpis.ts';
import { toParameters } from '$lib/server/queries/filter-sql.ts';
import { querySigninMethods } from '$lib/server/queries/signin-methods.ts';
import { querySigninFunnel, toSigninParameters } from '$lib/server/queries/signin-funnel.ts';
import type { PageServerLoad } from './$types';

const FIGURES = [
	'usage_rate_all',
	'usage_rate_enrolled',
	'fallback_rate',
	'time_to_sign_in'
] as const;

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const client = await database();
	const [{ kpis, collected }, [funnel], methods] = await Promise.all([
		answerKpis({ client, ids: FIGURES, filters }),
		querySigninFunnel(client, toSigninParameters(filters, url.searchParams)),
		querySigninMethods(client, toParameters(filters))
	]);
	// An aggregate without groups is one row, whatever there is.
	return {
		cards: FIGURES.map((id) => kpis[id]),
		...{ collected, funnel: funnel!, methods },
		summary: summarise(funnel!),
		howCounted: HOW_COUNTED,
		saidOfMethods: SAID_OF_METHODS
	};
};

// Said here and not in the page, which is near the kilobytes that a page may fetch.
const HOW_COUNTED =
	'An attempt is the flow the page tells of, or else the visit. It counts on the day of its first event, midnight or not; what comes later than the chosen time is not counted. An armed autofill request that nobody touches begins an attempt and tries nothing; of one that is used, the page cannot see when, so it counts as tried from the beginning.';

const SAID_OF_METHODS =
	'Of passkeys an attempt is a ceremony that a user started; of other methods what the site reports with signIn(), failures included: without those their success is not known. Passkey sign-ins that your server’s verdict is missing of are left out here. Others’ figures, for comparison: 93 % success by passkey against 63 % by other methods, 8.5\u202fs against 31.2\u202fs (FIDO Passkey Index 2025, at second hand).';

function summarise(funnel: Awaited<ReturnType<typeof querySigninFunnel>>[number]): string {
	const { tried, signed_in, lost } = funnel;
	if (tried === 0) return 'Nobody tried to sign in with a passkey in this period.';
	const fellBack =
		funnel.fell_back_failed +
		funnel.fell_back_by_choice +
		funnel.fell_back_no_passkey +
		funnel.fell_back_untold;
	return `${formatShare(signed_in, tried)} of ${formatCounted(tried, 'sign-in')} that tried a passkey ended with it; ${formatShare(fellBack, tried)} fell back to another method, ${formatShare(lost, tried)} did not sign in.`;
}
