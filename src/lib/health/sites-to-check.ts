/** A site to look at, and what is expected of it. */
export interface SiteToCheck {
	/** Its origin. */
	site: string;
	rpId: string;
	/** Other origins that use its RP ID, so that it must list them. */
	related: string[];
}

/** Which RP ID pages of an origin asked for, and how often. */
export interface RpIdSeen {
	origin: string;
	rp_id: string;
	ceremonies: number;
}

/**
 * A project's sites: its own origins, and the sites above them whose names they use as RP ID. Nothing is asked of a name that events alone
 * tell: whoever can send could lead this machine anywhere.
 */
export function sitesToCheck(origins: readonly string[], seen: readonly RpIdSeen[]): SiteToCheck[] {
	const own = origins.filter(isWeb);
	const rpIdOf = (origin: string) =>
		seen
			.filter((one) => one.origin === origin && one.rp_id !== '')
			.toSorted((a, b) => b.ceremonies - a.ceremonies)[0]?.rp_id ?? hostOf(origin);
	const sites = own.map((site) => ({ site, rpId: rpIdOf(site), related: [] as string[] }));
	for (const { site, rpId } of [...sites]) {
		const host = hostOf(site);
		if (rpId === host) continue;
		const holder = sites.find((one) => hostOf(one.site) === rpId);
		const below = host.endsWith(`.${rpId}`) && rpId.includes('.');
		if (holder && !below) holder.related.push(site);
		if (!holder && below) sites.push({ site: `https://${rpId}`, rpId, related: [] });
	}
	return sites;
}

const isWeb = (origin: string) => /^https?:\/\//.test(origin) && URL.canParse(origin);
const hostOf = (origin: string) => new URL(origin).hostname;
