import { apiReference } from './api-reference.ts';
import { capacityFigures } from './capacity-figures.ts';
import { figureDefinitions } from './figure-definitions.ts';
import { renderMarkdown, type RenderedPage } from './render-markdown.ts';

/** In the order of the contents. */
export const DOC_NAMES = [
	...(['start', 'instrument', 'figures', 'trace-a-failure', 'audit'] as const),
	...(['operate', 'access', 'api', 'privacy', 'capacity'] as const)
];
export type DocName = (typeof DOC_NAMES)[number];

const SOURCES = import.meta.glob<string>('../../../../docs/*.md', {
	query: '?raw',
	import: 'default',
	eager: true
});

/** What is made from the product itself, by the line it stands for. */
const MADE: Record<string, () => string> = {
	figures: figureDefinitions,
	api: apiReference,
	capacity: capacityFigures
};

const rendered = new Map<DocName, RenderedPage>();

/** A page of the documentation as Markdown, with what is made from the product in its place. */
function docSource(name: DocName): string {
	const source = SOURCES[`../../../../docs/${name}.md`];
	if (source === undefined) throw new RangeError(`There is no docs/${name}.md`);
	return source.replace(/^<!-- (\w+) -->$/gm, (line, made: string) => MADE[made]?.() ?? line);
}

/** A page of the documentation, rendered once. */
export function docPage(name: DocName): RenderedPage {
	const page = rendered.get(name) ?? renderMarkdown(docSource(name));
	rendered.set(name, page);
	return page;
}
