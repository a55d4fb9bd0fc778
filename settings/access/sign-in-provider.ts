import type { Settings } from '../open-settings.ts';
import type { RoleIn } from './people.ts';

/** A company's identity provider (OpenID Connect), as the configuration file names it. */
export interface SignInProvider {
	/** As it stands on the button. */
	name: string;
	issuer: string;
	clientId: string;
	/** Where the client's secret is; of a public client neither is there. */
	secretVariable?: string;
	secretFile?: string;
	/** Beside `openid`. */
	scopes: string[];
	/** The claim that lists somebody's groups. */
	groupsClaim: string;
	roles: (RoleIn & { group: string })[];
	/** Whose groups give nothing: `refuse` them, or let in those who are `invited` by name, or have a role of their own. */
	withoutGroup: 'refuse' | 'invited';
	/** Lets the issuer's addresses lead to private networks. */
	allowPrivate: boolean;
	/** Who signs out here is led there to sign out, too. Left out where not, as in definitions older than it. */
	signOutThere?: true;
}

/** @returns undefined when there is none */
export async function readSignInProvider(settings: Settings): Promise<SignInProvider | undefined> {
	const row = await settings.selectFrom('sign_in_provider').selectAll().limit(1).executeTakeFirst();
	return row && { name: row.name, ...(JSON.parse(row.definition) as Omit<SignInProvider, 'name'>) };
}

/** Puts this provider, or none, in the place of what there is. Who came in through it signs in anew. @returns whether it is another */
export async function writeSignInProvider(
	settings: Settings,
	provider: SignInProvider | undefined
): Promise<boolean> {
	const before = await readSignInProvider(settings);
	if (JSON.stringify(before) === JSON.stringify(provider)) return false;
	await settings.deleteFrom('sign_in_provider').execute();
	await settings.deleteFrom('person_group_role').execute();
	await settings.deleteFrom('person_session').where('way', '=', 'provider').execute();
	if (provider) {
		const { name, ...definition } = provider;
		await settings
			.insertInto('sign_in_provider')
			.values({ name, definition: JSON.stringify(definition) })
			.execute();
	}
	return true;
}
