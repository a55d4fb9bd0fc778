/** The address of this page with another way of sending, or with the code that asks for consent first, or does not. */
export function codeAddress(
	changes: { how?: string; consent?: 'first' | 'none' },
	url: URL
): string {
	const search = new URLSearchParams(url.searchParams);
	for (const [name, value] of Object.entries(changes)) search.set(name, value);
	return `/set-up?${search}`;
}
