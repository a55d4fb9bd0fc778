/** The address of one of this page's form actions, for the project and the view that the page shows. */
export function formAction(name: string, url: URL): string {
	const kept = ['project', 'how', 'consent'].flatMap((key) => {
		const value = url.searchParams.get(key);
		return value === null ? [] : [[key, value]];
	});
	return [`${url.pathname}?/${name}`, new URLSearchParams(kept)].join(kept.length > 0 ? '&' : '');
}
