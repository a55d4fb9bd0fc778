import { CATALOGUE, type Area, type Code, type Level } from './catalogue.ts';

/** One thing the doctor saw. Wire form of `--json`. */
export interface Finding {
	code: Code;
	level: Level;
	area: Area;
	/** What was found, a sentence. Text of the site in it is cut and cleaned. */
	found: string;
	/** What to do; empty for what is right. */
	advice: string;
	link: string;
}

/** `advice` where it depends on what was found; else the catalogue's. */
export function finding(code: Code, found: string, advice?: string): Finding {
	const entry = CATALOGUE[code];
	return {
		code,
		level: entry.level,
		area: entry.area,
		found: clean(found),
		advice: clean(advice ?? entry.advice),
		link: entry.link
	};
}

/** At most 120 characters of what a site sent, in quotes. */
export function quote(value: unknown): string {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
	return `"${text.length > 120 ? `${text.slice(0, 120)}…` : text}"`;
}

/** "a", "b", "c" and 4 more. */
export function quoteSome(values: readonly unknown[]): string {
	const shown = values.slice(0, 3).map(quote).join(', ');
	return values.length > 3 ? `${shown} and ${values.length - 3} more` : shown;
}

/** A site's text must not steer the terminal it is shown in, nor turn its reading direction. */
function clean(text: string): string {
	return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}');
}
