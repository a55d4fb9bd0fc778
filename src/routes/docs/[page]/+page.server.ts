import { docPage, DOC_NAMES } from '$lib/server/docs/pages.ts';
import { error } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ params }) => {
	const name = DOC_NAMES.find((known) => known === params.page);
	if (!name) error(404, `The documentation has no page “${params.page}”.`);
	const { title, summary, html, sections } = docPage(name);
	return {
		...{ name, title, summary, html },
		sections: sections.filter(({ id }) => id !== '').map(({ id, title: text }) => ({ id, text })),
		pages: DOC_NAMES.map((one) => ({ name: one, title: docPage(one).title }))
	};
};
