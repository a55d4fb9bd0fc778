import { Marked, type Tokens } from 'marked';

export interface DocSection {
	/** Anchor in the page; empty: its beginning. */
	id: string;
	title: string;
	/** Without markup, for the search. */
	text: string;
}

export interface RenderedPage {
	title: string;
	/** The first paragraph. */
	summary: string;
	/** Everything after those two. Made from the repository's own Markdown, in which HTML is text. */
	html: string;
	sections: DocSection[];
}

/** What a fence says of its block: `run`, `run="page"` or `not-run="reason"`. */
export interface CodeMark {
	language: string;
	/** How tests run it; undefined: they do not. */
	run: string | undefined;
	/** Why tests do not run it. */
	notRun: string | undefined;
}

/** Reads a fence's words: ```` ```sh run="stopped" ````. */
export function parseCodeMark(words: string): CodeMark {
	const language = /^[\w-]*/.exec(words)![0];
	const notRun = /\bnot-run="([^"]+)"/.exec(words)?.[1];
	const run = /(?<![\w-])run(?:="([^"]*)")?/.exec(words.replace(/not-run="[^"]*"/, ''));
	return { language, run: run ? (run[1] ?? '') : undefined, notRun };
}

/** Renders a page: the title first, then the paragraph that sums it up, then sections. */
export function renderMarkdown(source: string): RenderedPage {
	const sections: DocSection[] = [];
	const marked = new Marked({
		renderer: {
			heading({ tokens, depth, text }) {
				const id = anchorOf(text);
				return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
			},
			code({ text, lang = '' }) {
				const { language, notRun } = parseCodeMark(lang);
				const note = notRun
					? `<p class="doc-note">Not run under the tests: ${escapeHtml(notRun)}.</p>`
					: '';
				return `<div class="doc-code"><pre tabindex="0" role="group" aria-label="${escapeHtml(language || 'Text')}"><code>${escapeHtml(text)}</code></pre>${note}</div>\n`;
			},
			table(token) {
				const cells = (row: Tokens.TableCell[], tag: 'th' | 'td') =>
					row
						.map(
							(cell) =>
								`<${tag}${tag === 'th' ? ' scope="col"' : ''}>${this.parser.parseInline(cell.tokens)}</${tag}>`
						)
						.join('');
				const rows = token.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('');
				return `<div class="doc-table edge-shade" tabindex="0" role="group" aria-label="Table"><table><thead><tr>${cells(token.header, 'th')}</tr></thead><tbody>${rows}</tbody></table></div>\n`;
			},
			link({ href, tokens }) {
				return `<a href="${escapeHtml(addressOf(href))}">${this.parser.parseInline(tokens)}</a>`;
			},
			html({ text }) {
				return escapeHtml(text);
			}
		}
	});
	const tokens = marked.lexer(source);
	const [title, summary, ...rest] = tokens.filter(({ type }) => type !== 'space');
	if (title?.type !== 'heading' || summary?.type !== 'paragraph')
		throw new RangeError('A page begins with its title and a paragraph.');
	sections.push({ id: '', title: title.text as string, text: summary.text as string });
	for (const token of rest) {
		if (token.type === 'heading' && token.depth <= 3)
			sections.push({
				id: anchorOf(token.text as string),
				title: plain(token.text as string),
				text: ''
			});
		else sections.at(-1)!.text += ` ${plain(token.raw)}`;
	}
	return {
		title: title.text as string,
		summary: summary.text as string,
		html: marked.parser(rest),
		sections
	};
}

/** `figures.md` of the same folder is a page; what begins with a slash is the dashboard's own. */
function addressOf(href: string): string {
	return href.replace(/^([\w-]+)\.md(#.*)?$/, '/docs/$1$2');
}

function anchorOf(text: string): string {
	return plain(text)
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-|-$/g, '');
}

/** Markdown as its words. */
function plain(markdown: string): string {
	return markdown
		.replace(/^```.*$/gm, ' ')
		.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
		.replace(/[`*|]/g, ' ')
		.replace(/-{3,}/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();
}

function escapeHtml(text: string): string {
	return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
