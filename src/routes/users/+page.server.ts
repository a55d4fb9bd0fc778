import { database } from '$lib/server/database.ts';
import { askedProject } from '$lib/server/access/access.ts';
import { parseHash } from '$lib/server/queries/column-types.ts';
import { GAP_FUNNELS, parseGap, readGapUsers } from '$lib/server/queries/funnel-gaps.ts';
import type { ListedUsers } from '$lib/server/queries/listed-users.ts';
import { parseUserGroup, readUserGroup } from '$lib/server/queries/user-groups.ts';
import { queryUserStates } from '$lib/server/queries/user-state.ts';
import { settings } from '$lib/server/settings.ts';
import { hashOfReference } from '$lib/server/users/find-user.ts';
import { error, fail, redirect } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

/** Where to look a user up; or the users behind a funnel's drop-out, or behind a bar or cell that counts users. */
export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const gap = parseGap(url.searchParams);
	const group = parseUserGroup(url.searchParams);
	const asked = { client: await database(), filters };
	if (gap) {
		const found = await readGapUsers({ ...asked, search: url.searchParams, gap });
		const steps: readonly string[] = GAP_FUNNELS[gap.funnel];
		const before = steps[steps.indexOf(gap.step) - 1] ?? '';
		return { list: { gap: { ...gap, before }, group: undefined, ...toList(found) } };
	}
	if (group)
		return {
			list: { gap: undefined, group, ...toList(await readUserGroup({ ...asked, group })) }
		};
	return { list: undefined };
};

/** What the list shows of them: whatever more were known would make hundreds of rows longer. */
const toList = ({ users, ...numbers }: ListedUsers) => ({
	...numbers,
	users: users.map((user) => ({
		...{ user_hash: user.user_hash, reached_at: user.reached_at, attempts: user.attempts },
		...{ passkeys: user.passkeys, synced: user.synced, prompts_seen: user.prompts_seen },
		...{ ecosystems: user.ecosystems, legacy_classes: user.legacy_classes },
		...{ lockout_risk: user.lockout_risk, removal_ready: user.removal_ready },
		signin: newestSignin(user)
	}))
});

function newestSignin({ last_signin_by_method: byMethod }: ListedUsers['users'][number]) {
	const [newest] = Object.entries(byMethod).toSorted(
		([, a], [, b]) => Date.parse(b) - Date.parse(a)
	);
	return newest && { method: newest[0], at: newest[1] };
}

/** As long as a reference may be: longer than any that a site has. */
const LONGEST_REFERENCE = 1_000;

export const actions: Actions = {
	/** Leads to the page of whom a reference names. It is hashed as it was typed, and is in no address, no log and no store. */
	find: async ({ request, url, locals }) => {
		const reference = String((await request.formData()).get('reference') ?? '');
		if (!reference || reference.length > LONGEST_REFERENCE)
			return fail(400, {
				field: 'reference',
				message: 'Type the reference that your site gives to identify(), such as an account’s id.'
			});
		const project = askedProject(url.searchParams, locals.access);
		if (project === undefined) error(404, 'Not Found');
		const hash = await hashOfReference(await settings(), { project, reference });
		const typed = parseHash(reference);
		const typedIsKnown =
			typed !== undefined && !(await isKnown(project, hash)) && (await isKnown(project, reference));
		const search = new URLSearchParams({ project });
		redirect(303, `/users/${typedIsKnown ? reference : hash}?${search}`);
	}
};

async function isKnown(project: string, hash: string): Promise<boolean> {
	const states = await queryUserStates(await database(), {
		project,
		user_hashes: [parseHash(hash)!]
	});
	return states.length > 0;
}
