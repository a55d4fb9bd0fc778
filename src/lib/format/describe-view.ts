import { comparisonRange, leftOut, type Filters } from '../filters.ts';
import { countryName } from './country-names.ts';
import { formatRange } from './date.ts';
import { zonePlace } from '../zone/local-day.ts';
import { ECOSYSTEM_NAMES, LEFT_OUT_NAMES } from './names.ts';

/** What a page shows, in words, for whoever meets it away from the page: in a picture or on paper. */
export function describeView({
	filters,
	project,
	synthetic
}: {
	filters: Filters;
	/** Its name. */
	project: string;
	/** The project holds simulated events. */
	synthetic: boolean;
}): string[] {
	const compared = comparisonRange(filters);
	const { ecosystem, platform, browser, application, release, country, without } = filters;
	return [
		project,
		`${formatRange(filters)} (${zonePlace(filters.zone)})${compared ? `, compared with ${formatRange(compared)}` : ''}`,
		ecosystem && `Ecosystem: ${ECOSYSTEM_NAMES[ecosystem]}`,
		platform && `Platform: ${platform}`,
		browser && `Browser: ${browser}`,
		application && `Application: ${application}`,
		release && `Release: ${release}`,
		country && `Country: ${countryName(country)}`,
		without && `Counting: ${LEFT_OUT_NAMES[without]}`,
		synthetic && !leftOut(filters).synthetic ? 'With synthetic data' : ''
	].filter(Boolean);
}
