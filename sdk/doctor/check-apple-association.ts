import { finding, quoteSome, type Finding } from './finding.ts';
import { readJsonFile } from './read-json-file.ts';
import type { Connection } from '../outbound/read-url.ts';

/** Ten characters of prefix, a dot, the bundle identifier. */
const APP_ID = /^[A-Z0-9]{10}(\.[A-Za-z0-9-]+)+$/;

/** `/.well-known/apple-app-site-association`: which apps on Apple's systems may use the passkeys. */
export async function checkAppleAssociation({
	origin,
	connection
}: {
	origin: URL;
	connection: Connection;
}): Promise<Finding[]> {
	const url = new URL('/.well-known/apple-app-site-association', origin);
	const { findings, content } = await readJsonFile({
		url,
		prefix: 'apple_association',
		rule: 'none',
		connection
	});
	if (content === undefined) return findings;
	const apps = (content as { webcredentials?: { apps?: unknown } } | null)?.webcredentials?.apps;
	if (!Array.isArray(apps) || apps.length === 0)
		return [
			...findings,
			finding('apple_association_no_webcredentials', `${url.pathname} names no app for passkeys.`)
		];
	return [...findings, ...checkApps(apps)];
}

function checkApps(apps: unknown[]): Finding[] {
	const wildcards = apps.filter((app) => typeof app === 'string' && app.includes('*'));
	const good = apps.filter((app) => typeof app === 'string' && APP_ID.test(app));
	const bad = apps.filter((app) => !good.includes(app) && !wildcards.includes(app));
	const findings = [];
	if (wildcards.length > 0)
		findings.push(finding('apple_association_wildcard', `Wildcards: ${quoteSome(wildcards)}.`));
	if (bad.length > 0)
		findings.push(
			finding('apple_association_app_invalid', `Not of the form TEAMID.bundle: ${quoteSome(bad)}.`)
		);
	if (good.length > 0)
		findings.push(
			finding('apple_association_read', `Apps that may use the passkeys: ${quoteSome(good)}.`)
		);
	return findings;
}
