import { env } from '$env/dynamic/private';
import { examineSite } from '../../../sdk/doctor/examine-site.ts';
import type { Finding } from '../../../sdk/doctor/finding.ts';

const REQUEST_MS = 5_000;
const TOTAL_MS = 20_000;
const MAX_BYTES = 256 * 1024;

/**
 * Looks at a site from here as `npx @passlens/sdk doctor` does: CSP, Permissions-Policy, association files, the endpoint.
 * Private addresses are read only where the dashboard is for this machine alone: it must lead nobody into its network.
 *
 * @returns what asks for something first
 */
export async function checkSite({ origin }: { origin: string }): Promise<Finding[]> {
	const page = new URL(origin);
	const endpoint = new URL(env.PASSLENS_COLLECTOR_URL ?? 'http://localhost:7301');
	const findings = await examineSite({
		page,
		rpId: page.hostname,
		related: [],
		endpoint,
		script: new URL('passlens.js', endpoint),
		connection: {
			agent: 'passlens-doctor',
			allowPrivate: env.PASSLENS_ON_LOOPBACK === '1' && !env.PASSLENS_ALLOWED_HOSTS,
			requestMs: REQUEST_MS,
			deadline: performance.now() + TOTAL_MS,
			maxBytes: MAX_BYTES
		}
	});
	const order = ['error', 'warning', 'note', 'ok'];
	return findings.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}
