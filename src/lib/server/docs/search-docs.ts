import MiniSearch from 'minisearch';
import { docPage, DOC_NAMES } from './pages.ts';

export interface DocFind {
	/** Address with its anchor. */
	href: string;
	/** Title of the page. */
	page: string;
	/** Title of the section. */
	section: string;
	/** The words around the first word that was asked for. */
	excerpt: string;
}

const MOST = 20;
const EXCERPT = 180;

let index: MiniSearch | undefined;

/** Sections of the documentation that have the words, the best first. Words may be begun or slightly misspelt. */
export function searchDocs(words: string): DocFind[] {
	index ??= makeIndex();
	return index
		.search(words, {
			prefix: true,
			fuzzy: 0.15,
			boost: { section: 3, page: 2 },
			combineWith: 'AND'
		})
		.slice(0, MOST)
		.map(({ id, page, section, text, terms }) => ({
			href: id as string,
			page: page as string,
			section: section as string,
			excerpt: excerptOf(text as string, terms)
		}));
}

function makeIndex(): MiniSearch {
	const search = new MiniSearch({
		fields: ['page', 'section', 'text'],
		storeFields: ['page', 'section', 'text']
	});
	for (const name of DOC_NAMES) {
		const { title, sections } = docPage(name);
		search.addAll(
			sections.map(({ id, title: section, text }, at) => ({
				// Sections of one name are told apart by their order; only the first is at its anchor.
				id: `/docs/${name}${id ? `#${id}` : ''}${sections.findIndex((one) => one.id === id) === at ? '' : `?${at}`}`,
				page: title,
				section,
				text
			}))
		);
	}
	return search;
}

/** What stands around the first of the terms, from the beginning of a word to the end of one. */
function excerptOf(text: string, terms: string[]): string {
	const lower = text.toLowerCase();
	const found = terms.map((term) => lower.indexOf(term)).filter((one) => one >= 0);
	const at = found.length > 0 ? Math.min(...found) : 0;
	const from = at > 60 ? text.lastIndexOf(' ', at - 60) + 1 : 0;
	const end = from + EXCERPT;
	const space = text.lastIndexOf(' ', end);
	const to = end >= text.length ? text.length : space > from ? space : end;
	return `${from > 0 ? '… ' : ''}${text.slice(from, to)}${to < text.length ? ' …' : ''}`;
}
