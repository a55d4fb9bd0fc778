const COUNTRIES = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

/** The English name of an ISO 3166-1 code. */
export function countryName(code: string): string {
	return COUNTRIES.of(code) ?? code;
}
