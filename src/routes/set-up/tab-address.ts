/** The address of this page with another way of sending shown. */
export function tabAddress(way: string, url: URL): string {
	const search = new URLSearchParams(url.searchParams);
	search.set('how', way);
	return `/set-up?${search}`;
}
