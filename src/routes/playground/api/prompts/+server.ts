import { z } from 'zod';
import { countPromptShowing } from '$lib/server/playground/accounts';
import { accountEndpoint } from '$lib/server/playground/endpoint';

/** Counts one showing of an offer, and says which it is for this account. */
export const POST = accountEndpoint({
	body: z.object({ purpose: z.enum(['enroll', 'upgrade']) }),
	handle: async ({ store, account, body: { purpose } }) => ({
		ok: true,
		showingNumber: await countPromptShowing(store, { accountId: account.id, purpose })
	})
});
