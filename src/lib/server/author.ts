import type { Cookies } from '@sveltejs/kit';

/** Who changes something, as they name themselves: there is no sign-in that knows. Remembered for the next time. */
const COOKIE = 'passlens_author';
const YEAR_S = 365 * 86_400;
const LONGEST = 80;

export function readAuthor(cookies: Cookies): string {
	return cookies.get(COOKIE)?.slice(0, LONGEST) ?? '';
}

/** Takes the name out of a form and remembers it. */
export function takeAuthor(form: FormData, cookies: Cookies): string {
	const author = String(form.get('author') ?? '')
		.trim()
		.slice(0, LONGEST);
	cookies.set(COOKIE, author, { path: '/', maxAge: YEAR_S });
	return author;
}
