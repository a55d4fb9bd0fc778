/** Which changes of a route want a sign-in of the last minutes: all, or all but these form actions. */
export type FreshRule = true | { without: readonly string[] };

/** Whether what is posted there wants it. @param search of the address: a form's action is named in it as SvelteKit does */
export function wantsFresh(rule: FreshRule | undefined, search: URLSearchParams): boolean {
	if (rule === undefined || rule === true) return rule === true;
	const name = [...search.keys()].find((key) => key.startsWith('/'))?.slice(1);
	return !rule.without.includes(name ?? 'default');
}
