/** What the filter by provider leaves as it is on the pages whose figures are of passkeys; empty: nothing. Every other page sets it aside. */
export const NARROWED_BY_PROVIDER: Record<string, string> = {
	'/sync-coverage': 'Not reach, readiness and stranded users: somebody seen has no provider',
	'/credentials': '',
	'/ledger': '',
	'/risk': 'Not reach and readiness: somebody seen has no provider'
};

/** Whether a page is as it would be without the filter by provider. */
export const setsProviderAside = (pathname: string): boolean =>
	NARROWED_BY_PROVIDER[pathname] === undefined;

/** What is to be known at the filter by provider, where it is set. */
export const providerNote = (pathname: string): string =>
	NARROWED_BY_PROVIDER[pathname] ??
	'Does not narrow this page: users and failures have no provider';
