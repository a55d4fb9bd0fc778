import { findSources, matchesSource, type Policy } from './content-security-policy.ts';
import { finding, quote, type Finding } from './finding.ts';

const SCRIPT_DIRECTIVES = ['script-src-elem', 'script-src', 'default-src'];

/** Whether the page's policies let the SDK send. Each policy must allow it. */
export function checkEndpointCsp({
	policies,
	page,
	endpoint
}: {
	policies: Policy[];
	page: URL;
	endpoint: URL;
}): Finding {
	const url = eventsUrl(endpoint);
	for (const policy of policies) {
		const sources = findSources(policy, ['connect-src', 'default-src']);
		if (!sources || sources.some((source) => matchesSource({ source, url, self: page }))) continue;
		return finding(
			'csp_blocks_endpoint',
			`The page may connect to ${quote(sources.join(' '))}, and not to ${endpoint.origin}: browsers drop every event.`,
			`Add ${endpoint.origin} to connect-src of the Content-Security-Policy.`
		);
	}
	return finding('csp_allows_endpoint', `${passed(policies)} lets the page send to ${url.href}.`);
}

/** Whether the page's policies let it load the SDK from this address. The script itself is not read. */
export function checkScriptCsp({
	policies,
	page,
	script
}: {
	policies: Policy[];
	page: URL;
	script: URL;
}): Finding {
	let unclear: readonly string[] | undefined;
	for (const policy of policies) {
		const sources = findSources(policy, SCRIPT_DIRECTIVES);
		if (!sources) continue;
		const strict = sources.some((source) => source.toLowerCase() === "'strict-dynamic'");
		if (!strict && sources.some((source) => matchesSource({ source, url: script, self: page })))
			continue;
		if (!strict && !sources.some((source) => /^'(nonce-|sha(256|384|512)-)/i.test(source)))
			return finding(
				'csp_blocks_script',
				`The page may load scripts from ${quote(sources.join(' '))}, and not from ${script.href}.`,
				`Add ${script.origin} to script-src of the Content-Security-Policy, or serve the script from the site itself.`
			);
		unclear = sources;
	}
	if (unclear)
		return finding(
			'csp_script_unclear',
			`The page trusts scripts by nonce, hash or 'strict-dynamic', which an address cannot show.`
		);
	return finding('csp_allows_script', `${passed(policies)} lets the page load ${script.href}.`);
}

/** Where the SDK sends to: below the endpoint's own path. */
function eventsUrl(endpoint: URL): URL {
	return new URL(`${endpoint.href.replace(/\/$/, '')}/v1/events`);
}

function passed(policies: Policy[]): string {
	return policies.length > 0 ? 'The Content-Security-Policy' : 'No Content-Security-Policy: it';
}
