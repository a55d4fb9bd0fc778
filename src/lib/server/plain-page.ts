const escape = (text: string) =>
	text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

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
	const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)} · Passlens</title>
<body style="font:16px/1.5 system-ui;max-width:60ch;margin:10vh auto;padding:0 1rem;color-scheme:light dark">
<h1 style="font-size:1.25rem">${escape(title)}</h1>
${paragraphs.map((words) => `<p>${escape(words)}</p>`).join('\n')}`;
	return new Response(html, {
		status,
		headers: { 'content-type': 'text/html; charset=utf-8', ...headers }
	});
}
