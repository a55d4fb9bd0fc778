/** A name as the contract takes it: lower-case letters, digits, ".", "_" and "-", at most 64, beginning with a letter or digit. `undefined` when nothing is left. */
export const slug = (text: string | undefined): string | undefined =>
	text
		?.toLowerCase()
		.replace(/[^a-z0-9._-]/g, '-')
		.replace(/^[^a-z0-9]+/, '')
		.slice(0, 64) || undefined;
