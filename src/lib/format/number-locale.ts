/** Of whoever is not known: e-mails, files, the API. */
export const DEFAULT_LOCALE = 'en-US';

let ofRequest: () => string | undefined = () => undefined;

/** On a server, which answers several readers at once: how to tell whose request is being answered. */
export function findLocaleBy(find: typeof ofRequest): void {
	ofRequest = find;
}

/** In whose way numbers are written: the reader's, as `data-numbers` of `<html>` keeps it for the page. Words are English for everybody. */
export function numberLocale(): string {
	return globalThis.document?.documentElement.dataset.numbers ?? ofRequest() ?? DEFAULT_LOCALE;
}

/** The first language that a browser asks for and that numbers can be written in. @param header Accept-Language */
export function localeAskedFor(header: string | null): string {
	for (const range of (header ?? '').slice(0, 200).split(',')) {
		const tag = range.split(';')[0]!.trim();
		try {
			const [known] = Intl.NumberFormat.supportedLocalesOf(tag);
			if (known) return known;
		} catch {
			// Not a language: `*`, or nonsense.
		}
	}
	return DEFAULT_LOCALE;
}
