import { formatRange } from '../../format/date.ts';
import type { Digest, DigestFigure } from './read-digest.ts';

/** What an e-mail says, as plain text and as HTML: the same words in the same order. */
export interface DigestMail {
	subject: string;
	text: string;
	html: string;
}

const SYNTHETIC =
	'This project holds made-up (synthetic) events, and these figures count them: they say nothing about real people.';
const WHY = 'You get this each Monday because you asked for it in Passlens.';
const FEW = 'few cases, may be chance';

/** @param endUrl where it is ended, without signing in */
export function digestMail(digest: Digest, { endUrl }: { endUrl: string }): DigestMail {
	const { project, week } = digest;
	// It is the subject, too, and mailboxes are searched by plain spaces.
	const title = `${project.name}: passkeys, ${formatRange(week).replaceAll('\u00a0', ' ')}`;
	return {
		subject: digest.synthetic ? `${title} (synthetic)` : title,
		text: plainText(digest, { title, endUrl }),
		html: html(digest, { title, endUrl })
	};
}

/** `+2.1 pp`, with where it stood; nothing where there is nothing to compare with. */
const changeWords = ({ change }: DigestFigure) =>
	change ? `${change.text} against the week before` : 'nothing to compare with';

function plainText(digest: Digest, { title, endUrl }: { title: string; endUrl: string }): string {
	const figures = digest.figures.map((figure) =>
		[
			`${figure.name}: ${figure.value} (${figure.detail})${figure.few ? `, ${FEW}` : ''}`,
			`  ${changeWords(figure)}`,
			`  ${figure.url}`
		].join('\n')
	);
	return [
		title,
		...(digest.synthetic ? [SYNTHETIC] : []),
		digest.summary,
		...(digest.changes.length > 0
			? [`What changed:\n${digest.changes.map((change) => `- ${change}`).join('\n')}`]
			: []),
		...figures,
		`The whole week: ${digest.url}`,
		`${WHY} End it: ${endUrl}`
	].join('\n\n');
}

/** A site can name a release, and somebody a project, as they like. */
const escape = (text: string) =>
	text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Mail programs know neither style sheets nor variables: what Passlens looks like, in light colours. */
const STYLES = {
	page: "margin:0;padding:16px 8px;background:#fafafb;color:#17181c;font:14px/22px Inter,system-ui,-apple-system,'Segoe UI',sans-serif",
	card: 'max-width:640px;margin:0 auto;padding:20px 16px;background:#ffffff;border:1px solid #e4e5ea;border-radius:8px',
	title: 'margin:0 0 12px;font-size:18px;line-height:26px;font-weight:600',
	notice: 'margin:0 0 12px;padding:8px 12px;background:#fdf4df;color:#8a5a00;border-radius:4px',
	muted: 'color:#5b5f6b',
	small: 'font-size:12px;line-height:18px;color:#5b5f6b',
	link: 'color:#4a50cf',
	cell: 'padding:8px 0;border-top:1px solid #e4e5ea;vertical-align:top',
	value:
		'padding:8px 0 8px 12px;border-top:1px solid #e4e5ea;vertical-align:top;text-align:right;white-space:nowrap'
};
const COLORS = { true: '#0b7353', false: '#b93a0e', undefined: '#5b5f6b' };
const ARROWS = { up: '▲', down: '▼', flat: '' };

function html(digest: Digest, { title, endUrl }: { title: string; endUrl: string }): string {
	const changes = digest.changes
		.map((change) => `<li style="margin:0 0 6px">${escape(change)}</li>`)
		.join('');
	return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title></head>
<body style="${STYLES.page}"><div style="${STYLES.card}">
<h1 style="${STYLES.title}">${escape(title)}</h1>
${digest.synthetic ? `<p style="${STYLES.notice}">${SYNTHETIC}</p>` : ''}
<p style="margin:0 0 16px">${escape(digest.summary)}</p>
${changes ? `<h2 style="margin:0 0 6px;font-size:14px">What changed</h2><ul style="margin:0 0 16px;padding-left:18px">${changes}</ul>` : ''}
<table style="width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums">
<thead><tr><th scope="col" style="text-align:left;font-weight:500;${STYLES.muted}">Figure</th><th scope="col" style="text-align:right;font-weight:500;${STYLES.muted}">Week</th><th scope="col" style="text-align:right;font-weight:500;${STYLES.muted}">Against the week before</th></tr></thead>
<tbody>${digest.figures.map(row).join('')}</tbody>
</table>
<p style="margin:16px 0"><a style="${STYLES.link}" href="${escape(digest.url)}">The whole week</a></p>
<p style="margin:0;${STYLES.small}">${WHY} <a style="${STYLES.link}" href="${escape(endUrl)}">End it</a></p>
</div></body></html>`;
}

function row({ name, value, detail, change, few, url }: DigestFigure): string {
	const color = COLORS[`${change?.better}`];
	const changed = change ? `${ARROWS[change.direction]} ${change.text}`.trim() : '–';
	return `<tr><td style="${STYLES.cell}"><a style="${STYLES.link}" href="${escape(url)}">${escape(name)}</a></td><td style="${STYLES.value}"><strong style="font-weight:600">${escape(value)}</strong><br><span style="${STYLES.small};white-space:normal">${escape(detail)}${few ? `, ${FEW}` : ''}</span></td><td style="${STYLES.value};color:${color}">${escape(changed)}</td></tr>`;
}
