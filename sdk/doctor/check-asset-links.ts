import { finding, quote, type Finding } from './finding.ts';
import { readJsonFile } from './read-json-file.ts';
import type { Connection } from '../outbound/read-url.ts';

const LOGIN_CREDS = 'delegate_permission/common.get_login_creds';
const ALL_URLS = 'delegate_permission/common.handle_all_urls';
const FINGERPRINT = /^([0-9a-f]{2}:){31}[0-9a-f]{2}$/i;

interface App {
	relations: Set<string>;
	/** All there are; an app may have statements with different keys. */
	fingerprints: unknown[];
}

/** `/.well-known/assetlinks.json`: which Android apps may use the passkeys. */
export async function checkAssetLinks({
	origin,
	connection
}: {
	origin: URL;
	connection: Connection;
}): Promise<Finding[]> {
	const url = new URL('/.well-known/assetlinks.json', origin);
	const { findings, content } = await readJsonFile({
		url,
		prefix: 'asset_links',
		rule: 'none',
		connection
	});
	if (content === undefined) return findings;
	if (!Array.isArray(content) || !content.every(isStatement))
		return [
			...findings,
			finding('asset_links_shape', `${url.pathname} is no list of statements: ${quote(content)}.`)
		];
	if (content.some((statement) => 'include' in statement))
		findings.push(finding('asset_links_include', 'It includes a file of statements elsewhere.'));
	const apps = collectApps(content);
	if (apps.size === 0 && findings.every(({ code }) => code !== 'asset_links_include'))
		findings.push(finding('asset_links_no_app', `${url.pathname} names no Android app.`));
	return [...findings, ...[...apps].flatMap(([name, app]) => checkApp(name, app))];
}

interface Statement {
	relation: string[];
	target: { namespace?: unknown; package_name?: unknown; sha256_cert_fingerprints?: unknown };
	include?: unknown;
}

function isStatement(value: unknown): value is Statement {
	if (value === null || typeof value !== 'object') return false;
	const { relation, target, include } = value as Partial<Statement>;
	if (typeof include === 'string') return true;
	return Array.isArray(relation) && target !== null && typeof target === 'object';
}

function collectApps(statements: Statement[]): Map<string, App> {
	const apps = new Map<string, App>();
	for (const { relation, target } of statements) {
		if (target?.namespace !== 'android_app') continue;
		const name = String(target.package_name);
		const app = apps.get(name) ?? { relations: new Set(), fingerprints: [] };
		for (const one of relation) app.relations.add(one);
		const given = target.sha256_cert_fingerprints;
		app.fingerprints.push(...(Array.isArray(given) && given.length > 0 ? given : [given]));
		apps.set(name, app);
	}
	return apps;
}

/** Both permissions are told, since sources disagree whether passkeys need the second one. */
function checkApp(name: string, { relations, fingerprints }: App): Finding[] {
	const findings: Finding[] = [];
	const bad = fingerprints.filter((one) => typeof one !== 'string' || !FINGERPRINT.test(one));
	if (bad.length > 0)
		findings.push(
			finding(
				'asset_links_fingerprint_invalid',
				`${quote(name)} has no valid SHA-256 fingerprint: ${quote(bad[0])}.`
			)
		);
	const has = (relation: string): string => (relations.has(relation) ? 'has' : 'lacks');
	const found = `${quote(name)} ${has(LOGIN_CREDS)} get_login_creds and ${has(ALL_URLS)} handle_all_urls.`;
	if (!relations.has(LOGIN_CREDS)) findings.push(finding('asset_links_no_login_creds', found));
	else if (!relations.has(ALL_URLS))
		findings.push(finding('asset_links_no_handle_all_urls', found));
	else findings.push(finding('asset_links_both_permissions', found));
	return findings;
}
