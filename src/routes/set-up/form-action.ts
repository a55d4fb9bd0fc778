/** The address of one of this page's form actions, for the project and the tab that the page shows. */
export function formAction(name: string, url: URL): string {
	const kept = ['project', 'how'].flatMap((key) => {
		const value = url.searchParams.get(key);
		return value === null ? [] : [[key, value]];
	});
	return ['/set-up?/' + name, new URLSearchParams(kept)].join(kept.length > 0 ? '&' : '');
}

/** The address of this page with another way of sending shown. */
export function tabAddress(way: string, url: URL): string {
	const search = new URLSearchParams(url.searchParams);
	search.set('how', way);
	return `/set-up?${search}`;
}
