const escape = (text: string) =>
	text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** The colours of app.css, which is not at hand here, as in error.html. */
const ROOT =
	'color-scheme:light dark;background:light-dark(#fafafb,#0d0e11);color:light-dark(#17181c,#eceef2);font:14px/1.6 system-ui,sans-serif';
const CARD = [
	'box-sizing:border-box;margin:12vh auto;max-width:36rem;width:calc(100% - 2rem);padding:.5rem 1.5rem',
	'border:1px solid light-dark(#e4e5ea,#2a2d34);border-radius:8px;background:light-dark(#fff,#15171b);overflow-wrap:anywhere'
].join(';');

/** A page of words alone, for where none of the dashboard's can be shown. @param paragraphs text, not HTML */
export function plainPage({
	status,
	title,
	paragraphs,
	headers
}: {
	status: number;
	title: string;
	paragraphs: readonly string[];
	headers?: Record<string, string>;
}): Response {
	const html = `<!doctype html><html lang="en" style="${ROOT}"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)} · Passlens</title>
<body style="${CARD}">
<h1 style="font-size:1.25rem;line-height:1.75rem">${escape(title)}</h1>
${paragraphs.map((words) => `<p>${escape(words)}</p>`).join('\n')}`;
	return new Response(html, {
		status,
		headers: { 'content-type': 'text/html; charset=utf-8', ...headers }
	});
}
