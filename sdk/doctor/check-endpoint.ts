import { isLoopback } from '../outbound/address.ts';
import { finding, quote, type Finding } from './finding.ts';
import { readUrl, type Connection } from '../outbound/read-url.ts';

/** Whether the collector can be reached, by a request that needs no preflight, as the SDK makes them. */
export async function checkEndpoint({
	origin,
	endpoint,
	connection
}: {
	origin: URL;
	endpoint: URL;
	connection: Connection;
}): Promise<Finding[]> {
	const findings: Finding[] = [];
	if (isLoopback(endpoint) && !isLoopback(origin))
		findings.push(
			finding(
				'endpoint_on_loopback',
				`${endpoint.href} is on the machine of whoever opens the page.`
			)
		);
	else if (origin.protocol === 'https:' && endpoint.protocol === 'http:' && !isLoopback(endpoint))
		findings.push(
			finding('endpoint_mixed_content', `The page is HTTPS, the endpoint ${endpoint.href} is not.`)
		);
	return [...findings, await reach(origin, endpoint, connection)];
}

async function reach(origin: URL, endpoint: URL, connection: Connection): Promise<Finding> {
	const url = new URL(`${endpoint.href.replace(/\/$/, '')}/healthz`);
	const answer = await readUrl({
		url,
		connection,
		method: 'POST',
		headers: { 'content-type': 'text/plain', origin: origin.origin }
	});
	if (answer.kind === 'failure') {
		if (answer.code === 'private_address_refused') return finding(answer.code, answer.found);
		return finding('endpoint_unreachable', answer.found);
	}
	if (answer.status === 200 && isRunning(answer.text))
		return finding(
			'endpoint_reachable',
			`A collector answers at ${url.href}. Whether it takes events of ${origin.origin} depends on the project's allowed origins, which this tool cannot see.`
		);
	return finding(
		'endpoint_not_passlens',
		`${url.href} answers ${answer.status} ${quote(answer.text)}, not as a Passlens collector does.`
	);
}

function isRunning(text: string): boolean {
	try {
		return (JSON.parse(text) as { status?: unknown } | null)?.status === 'running';
	} catch {
		return false;
	}
}
