import type { Area, Level } from './catalogue.ts';
import type { Finding } from './finding.ts';

const TITLES: Record<Area, string> = {
	origin: 'Origin and RP ID',
	page: 'The page',
	related_origins: 'Related origins (/.well-known/webauthn)',
	apple: 'Apps on Apple systems (/.well-known/apple-app-site-association)',
	android: 'Android apps (/.well-known/assetlinks.json)',
	endpoint: 'Sending to Passlens'
};

/** The word stands beside the sign: it reads without colour, and aloud. */
const SIGNS: Record<Level, string> = {
	ok: '✓ ok',
	note: '· note',
	warning: '! warning',
	error: '✗ error'
};

const NOT_CHECKED =
	'Not checked: the public suffix list, other pages of the site, frames, what Apple and Google hold in their caches, and whether the named apps exist.';

const INDENT = 12;
const WIDTH = 100;

/** The findings as text for people, without colour. */
export function formatReport({
	findings,
	origin,
	rpId
}: {
	findings: readonly Finding[];
	origin: string;
	rpId: string;
}): string {
	const areas = (Object.keys(TITLES) as Area[]).flatMap((area) => {
		const own = findings.filter((one) => one.area === area);
		return own.length > 0 ? [[TITLES[area], ...own.map(formatFinding)].join('\n')] : [];
	});
	return [
		`Passkey set-up of ${origin}, RP ID ${rpId}`,
		...areas,
		wrap(NOT_CHECKED, 0),
		summarise(findings)
	].join('\n\n');
}

function formatFinding({ level, found, advice, link, code }: Finding): string {
	const lines = [`  ${SIGNS[level].padEnd(INDENT - 2)}${wrap(`${found} [${code}]`, INDENT)}`];
	if (level === 'ok') return lines[0]!;
	const pad = ' '.repeat(INDENT);
	if (advice) lines.push(`${pad}→ ${wrap(advice, INDENT + 2)}`);
	if (level !== 'note') lines.push(`${pad}  ${link}`);
	return lines.join('\n');
}

function summarise(findings: readonly Finding[]): string {
	const count = (level: Level): number => findings.filter((one) => one.level === level).length;
	const counted = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
	return [
		counted(count('error'), 'error'),
		counted(count('warning'), 'warning'),
		counted(count('note'), 'note'),
		`${count('ok')} ok`
	].join(', ');
}

/** Breaks at spaces; what follows the first line is indented. A long address stays whole, to be copied. */
function wrap(text: string, indent: number): string {
	const lines = [''];
	for (const word of text.split(' ')) {
		const line = lines.at(-1)!;
		if (line && indent + line.length + 1 + word.length > WIDTH) lines.push(word);
		else lines[lines.length - 1] = line ? `${line} ${word}` : word;
	}
	return lines.join(`\n${' '.repeat(indent)}`);
}
