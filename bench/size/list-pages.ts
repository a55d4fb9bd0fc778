/** A view of a page whose questions are timed. */
export interface TimedPage {
	name: string;
	/** As its folder is called in src/routes. */
	route: string;
	search: string;
	params: Record<string, string>;
}

/** What the pages of single things are asked of. */
export interface Things {
	ceremony: string;
	credential: string;
	user: string;
	/** A rule of the project's policy. */
	rule: string;
	/** A group of failures, and an error on the page Collector. Undefined: nothing failed. */
	failure?: string | undefined;
	error?: string | undefined;
}

/** Every page that asks the database, with its default filters; of some the heavier choices too, and one of each page of a single thing. */
export function listPages(
	project: string,
	{ ceremony, credential, user, rule, failure, error }: Things
): TimedPage[] {
	const page = (name: string, route: string, search = '', params = {}): TimedPage => ({
		...{ name, route, params },
		search: `?project=${project}${search}`
	});
	return [
		page('Overview', ''),
		page('Overview, one platform', '', '&platform=iOS'),
		page('Overview, 12 months', '', '&period=12m'),
		page('Adoption', '/adoption'),
		page('Adoption, prompts', '/adoption/prompts'),
		page('Adoption, sign-ins', '/adoption/sign-ins'),
		page('Adoption, cohorts', '/adoption/cohorts'),
		page('Sync coverage', '/sync-coverage'),
		page('Upgrades', '/upgrades'),
		page('Upgrades, by browser', '/upgrades/breakdown', '&by=browser'),
		page('Cross-device', '/cross-device'),
		page('Cross-device, by browser', '/cross-device/breakdown', '&by=browser'),
		page('Next steps', '/next-steps'),
		page('Risk', '/risk'),
		page('Failures', '/failures'),
		...(failure ? [page('a failure', '/failures/[id]', '', { id: failure })] : []),
		page('Ceremonies', '/ceremonies'),
		page('Ceremonies, by user', '/ceremonies', `&q=${credential}`),
		page('What is different', '/ceremonies/different', '&outcome=failed'),
		page('Credentials', '/credentials'),
		page('Ledger', '/ledger'),
		page('Users behind a gap', '/users', '&funnel=enrolment&step=created'),
		page('Users at risk', '/users', '&group=risk&which=locked_out'),
		page('a user', '/users/[user]', '', { user }),
		page('a ceremony', '/ceremonies/[id]', '', { id: ceremony }),
		page('a credential', '/credentials/[hash]', '', { hash: credential }),
		page('Definitions', '/definitions'),
		page('Policies', '/policies'),
		page('a rule of a policy', '/policies/[rule]', '', { rule }),
		page('an alert, writing it', '/alerts/rule'),
		page('Health checks', '/health-checks'),
		page('Your site', '/set-up'),
		page('Collector', '/collector'),
		...(error ? [page('an error', '/collector/errors/[id]', '', { id: error })] : [])
	];
}
