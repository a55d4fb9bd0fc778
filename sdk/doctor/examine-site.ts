import { isLoopback } from '../outbound/address.ts';
import { checkAppleAssociation } from './check-apple-association.ts';
import { checkAssetLinks } from './check-asset-links.ts';
import { checkEndpointCsp, checkScriptCsp } from './check-csp.ts';
import { checkEndpoint } from './check-endpoint.ts';
import { checkPermissionsPolicy } from './check-permissions-policy.ts';
import { checkRelatedOrigins } from './check-related-origins.ts';
import { checkRpId } from './check-rp-id.ts';
import { readPolicies } from './content-security-policy.ts';
import { finding, type Finding } from './finding.ts';
import { followRedirects } from '../outbound/follow-redirects.ts';
import type { Connection } from '../outbound/read-url.ts';

export interface Site {
	/** Origin and path of a page with a ceremony. */
	page: URL;
	rpId: string;
	/** Other origins that should be allowed to use this RP ID. */
	related: readonly string[];
	/** The collector. */
	endpoint?: URL | undefined;
	/** Where the page loads the SDK from. */
	script?: URL | undefined;
	connection: Connection;
}

/** Looks at a site's passkey set-up. Reads its origin alone (and the endpoint's /healthz). Never throws for what it finds. */
export async function examineSite(site: Site): Promise<Finding[]> {
	const { connection, endpoint } = site;
	const origin = new URL(site.page.origin);
	const rpId = checkRpId({ origin, rpId: site.rpId });
	if (origin.protocol === 'http:' && !isLoopback(origin))
		return [
			finding('insecure_origin', `${origin.origin} is not HTTPS; nothing was read from it.`),
			...rpId.findings
		];
	const { findings: page, goOn } = await examinePage(site);
	const findings = [...rpId.findings, ...page];
	if (goOn && rpId.ownsFiles) findings.push(...(await checkFiles(origin, site)));
	if (endpoint) findings.push(...(await checkEndpoint({ origin, endpoint, connection })));
	else findings.push(finding('endpoint_not_given', 'No --endpoint was given.'));
	return findings;
}

function describeOrigin(origin: URL): Finding {
	return origin.protocol === 'https:'
		? finding('secure_origin', `${origin.origin} is HTTPS with a certificate that is trusted here.`)
		: finding(
				'loopback_origin',
				`${origin.origin} is HTTP, which browsers accept on loopback alone.`
			);
}

/** `goOn`: the server can be spoken to, or was only slow: the files are worth asking for. */
async function examinePage(site: Site): Promise<{ findings: Finding[]; goOn: boolean }> {
	const { page, connection, endpoint, script } = site;
	const answer = await followRedirects({ url: page, rule: 'same_origin', connection });
	if (answer.kind === 'failure')
		return { findings: [finding(answer.code, answer.found)], goOn: answer.code === 'timed_out' };
	const transport = describeOrigin(new URL(page.origin));
	if (answer.kind === 'redirect_refused') {
		const code = answer.reason === 'rule' ? 'page_redirects_elsewhere' : 'page_redirects_too_often';
		return { findings: [transport, finding(code, answer.found)], goOn: true };
	}
	const { status, headers, text, url } = answer;
	const read = `${url.href} answers ${status}.`;
	const findings = [transport, finding(status < 300 ? 'page_read' : 'page_status', read)];
	const header = single(headers['permissions-policy']);
	findings.push(...checkPermissionsPolicy({ origin: url, header }));
	const policies = readPolicies({ header: single(headers['content-security-policy']), html: text });
	if (endpoint) findings.push(checkEndpointCsp({ policies, page: url, endpoint }));
	if (script) findings.push(checkScriptCsp({ policies, page: url, script }));
	return { findings, goOn: true };
}

async function checkFiles(origin: URL, { related, connection }: Site): Promise<Finding[]> {
	const findings = (
		await Promise.all([
			checkRelatedOrigins({ origin, wanted: related, connection }),
			checkAppleAssociation({ origin, connection }),
			checkAssetLinks({ origin, connection })
		])
	).flat();
	const elsewhere = origin.port !== '' || origin.protocol !== 'https:';
	if (elsewhere && findings.some(({ code }) => !code.endsWith('_missing')))
		findings.push(
			finding('association_files_port', `The association files were read from ${origin.origin}.`)
		);
	return findings;
}

function single(header: string | string[] | undefined): string | undefined {
	return Array.isArray(header) ? header.join(', ') : header;
}
