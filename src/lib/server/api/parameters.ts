import { z } from 'zod';
import { LONGEST_SEARCH, parseSearch } from '../../search/parse-search.ts';
import { SEARCH_FIELDS } from '../../search/search-fields.ts';

/** No parameters. */
export const NOTHING = z.object({});

/** What endpoints take beside the common filters whose answers are of passkeys. */
export const providerQuery = {
	provider: z
		.string()
		.max(64)
		.default('')
		.describe('Claimed when the passkey was made, by name; "unknown": those without a known one')
};

const CURSOR = /^-?\d{1,15}-[0-9a-f-]{16,36}$/;
/** What an endpoint takes that answers page by page. */
export const pageQuery = {
	cursor: z.string().regex(CURSOR).optional().describe('`next` of the page before'),
	limit: z.coerce.number().int().min(1).max(500).default(50).describe('Rows of a page')
};

export const next = z
	.string()
	.nullable()
	.describe('The next page’s `cursor`; null: this is the last');

/** A search line over ceremonies. */
export const searchLine = z
	.string()
	.max(LONGEST_SEARCH)
	.superRefine((line, context) => {
		const parsed = parseSearch(line);
		if ('mistake' in parsed) context.addIssue({ code: 'custom', message: parsed.mistake.message });
	})
	.default('')
	.describe(
		`Search line: field:value with alternatives after commas, -field:value, release:>=2.4, and the beginning of a ceremony id or of a user’s or credential’s hash. Fields: ${Object.keys(SEARCH_FIELDS).join(', ')}`
	);
