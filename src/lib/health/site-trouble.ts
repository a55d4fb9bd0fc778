import type { SiteCheck, SiteFinding } from '../../../settings/site-checks.ts';

/** An error that was found at a site, from the look that found it first to the last. */
export interface SiteTrouble {
	site: string;
	finding: SiteFinding;
	/** Unix epoch in milliseconds. */
	firstAt: number;
	lastAt: number;
	/** A later look did not find it any more, or the site is not looked at any more. */
	over: boolean;
}

/** Not looked at for so long: nothing is known of it any more. */
const FORGOTTEN_MS = 3 * 86_400_000;

/** The errors that looks at a project's sites found, each time one began anew. @param checks the newest first */
export function siteTroubles(checks: readonly SiteCheck[], now: number): SiteTrouble[] {
	const bySite = Map.groupBy(checks, ({ site }) => site);
	return [...bySite.values()].flatMap((newestFirst) => {
		const looks = newestFirst.toReversed();
		const codes = new Set(looks.flatMap(errorsOf).map(({ code }) => code));
		return [...codes].flatMap((code) => troublesOf(code, looks, now));
	});
}

const errorsOf = ({ findings }: SiteCheck) => findings.filter(({ level }) => level === 'error');

function troublesOf(code: string, looks: readonly SiteCheck[], now: number): SiteTrouble[] {
	const troubles: SiteTrouble[] = [];
	let open: SiteTrouble | undefined;
	for (const look of looks) {
		const finding = errorsOf(look).find((one) => one.code === code);
		if (!finding) {
			if (open) open.over = true;
			open = undefined;
			continue;
		}
		if (!open) {
			open = { site: look.site, finding, firstAt: look.firstAt, lastAt: look.lastAt, over: false };
			troubles.push(open);
		}
		open.finding = finding;
		open.lastAt = look.lastAt;
	}
	if (open && now - open.lastAt > FORGOTTEN_MS) open.over = true;
	return troubles;
}
