import { examineSite } from '../../../../sdk/doctor/examine-site.ts';
import type { Finding } from '../../../../sdk/doctor/finding.ts';

const REQUEST_MS = 5_000;
const TOTAL_MS = 20_000;
const MAX_BYTES = 256 * 1024;

/** From where sites are looked at, and where they send to. */
export interface SiteReach {
	/** The collector. */
	endpoint: string;
	/** Read private addresses too. */
	allowPrivate: boolean;
}

/** Private addresses are read only where the dashboard is for this machine alone: it must lead nobody into its network. */
export function siteReach(environment: Record<string, string | undefined>): SiteReach {
	return {
		endpoint: environment.PASSLENS_COLLECTOR_URL ?? 'http://localhost:7301',
		allowPrivate: environment.PASSLENS_ON_LOOPBACK === '1' && !environment.PASSLENS_ALLOWED_HOSTS
	};
}

/**
 * Looks at a site from here as `npx @passlens/sdk doctor` does: CSP, Permissions-Policy, association files, the endpoint.
 *
 * @returns what asks for something first
 */
export async function checkSite({
	origin,
	rpId,
	related = [],
	reach
}: {
	origin: string;
	/** Left out: the origin's host. */
	rpId?: string | undefined;
	/** Other origins that use its RP ID. */
	related?: readonly string[];
	reach: SiteReach;
}): Promise<Finding[]> {
	const page = new URL(origin);
	const endpoint = new URL(reach.endpoint);
	const findings = await examineSite({
		page,
		rpId: rpId ?? page.hostname,
		related,
		endpoint,
		script: new URL('passlens.js', endpoint),
		connection: {
			agent: 'passlens-doctor',
			allowPrivate: reach.allowPrivate,
			requestMs: REQUEST_MS,
			deadline: performance.now() + TOTAL_MS,
			maxBytes: MAX_BYTES
		}
	});
	const order = ['error', 'warning', 'note', 'ok'];
	return findings.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}
