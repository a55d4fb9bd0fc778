import { z } from 'zod';

const CURSOR = /^\d{1,15}-[0-9a-f-]{16,36}$/;
/** What an endpoint takes that answers page by page. */
export const pageQuery = {
	cursor: z.string().regex(CURSOR).optional().describe('`next` of the page before'),
	limit: z.coerce.number().int().min(1).max(500).default(50).describe('Rows of a page')
};

export const next = z
	.string()
	.nullable()
	.describe('The next page’s `cursor`; null: this is the last');
