/** The id a project of this name is offered: "Café shop 2" gives `cafe-shop-2`; empty when nothing is left. */
export function toProjectId(name: string): string {
	return name
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.slice(0, 40)
		.replace(/^-|-$/g, '');
}
