import { isIP } from 'node:net';
import { bareHost } from '../outbound/address.ts';
import { finding, quote, type Finding } from './finding.ts';

/** Second-level names under which countries register domains. Not the public suffix list; a hint. */
const COUNTRY_SECOND_LEVEL = new Set('ac co com edu gov gob ne net or org'.split(' '));

export interface RpIdCheck {
	findings: Finding[];
	/** The association files belong to the RP ID's host: is that the origin's own? */
	ownsFiles: boolean;
}

/**
 * The RP ID must be the origin's host or a domain above it that is no public suffix. The list of public
 * suffixes is not carried along: single labels and the pattern of co.uk are known, the rest is said to be unchecked.
 */
export function checkRpId({ origin, rpId }: { origin: URL; rpId: string }): RpIdCheck {
	const only = (one: Finding): RpIdCheck => ({ findings: [one], ownsFiles: false });
	const host = bareHost(origin);
	const domain = parseDomain(rpId);
	if (domain === undefined)
		return only(finding('rp_id_invalid', `The RP ID ${quote(rpId)} is no domain.`));
	if (isIP(domain) || isIP(host)) {
		const address = isIP(host) ? host : domain;
		return {
			findings: [finding('rp_id_is_ip_address', `${address} is an IP address.`)],
			ownsFiles: domain === host
		};
	}
	if (domain === host)
		return {
			findings: [finding('rp_id_matches', `The RP ID ${domain} is the origin's own host.`)],
			ownsFiles: true
		};
	if (!host.endsWith(`.${domain}`)) return only(unrelated(origin, domain));
	if (!domain.includes('.') && domain !== 'localhost')
		return only(
			finding('rp_id_public_suffix', `The RP ID ${domain} is a top-level domain: a public suffix.`)
		);
	return { findings: [...checkParent(host, domain), elsewhere(origin, domain)], ownsFiles: false };
}

function checkParent(host: string, domain: string): Finding[] {
	if (isCountrySecondLevel(domain))
		return [
			finding('rp_id_suspected_public_suffix', `The RP ID ${domain} looks like a public suffix.`)
		];
	return [
		finding('rp_id_matches', `The RP ID ${domain} is a domain above the origin's host ${host}.`),
		finding(
			'public_suffix_not_checked',
			`Whether ${domain} is on the public suffix list was not looked up.`
		)
	];
}

function unrelated(origin: URL, domain: string): Finding {
	return finding(
		'rp_id_needs_related_origin',
		`The RP ID ${domain} is neither the host of ${origin.origin} nor a domain above it: browsers allow it only if https://${domain}/.well-known/webauthn lists ${origin.origin}. This tool did not read that other origin.`,
		`Correct the RP ID, or check its list: doctor https://${domain} --related ${origin.origin}`
	);
}

function elsewhere(origin: URL, domain: string): Finding {
	return finding(
		'association_files_elsewhere',
		`Browsers and systems read the association files from https://${domain}, not from ${origin.origin}; this tool did not read that other origin.`,
		`Check them there: doctor https://${domain}`
	);
}

function isCountrySecondLevel(domain: string): boolean {
	const [second, top, ...more] = domain.split('.');
	return more.length === 0 && top?.length === 2 && COUNTRY_SECOND_LEVEL.has(second ?? '');
}

/** The name a registrable domain begins with: "example" of https://login.example.co.uk. By the same hint. */
export function registrableLabel(host: string): string {
	const labels = host.split('.');
	const top = labels.slice(-2).join('.');
	return labels.at(isCountrySecondLevel(top) ? -3 : -2) ?? labels[0] ?? '';
}

/** Lower case, punycode; `undefined` for what is more or less than a host. */
function parseDomain(rpId: string): string | undefined {
	if (isIP(rpId)) return rpId;
	if (/[/?#@\\\s]|:\d*$/.test(rpId) || !URL.canParse(`https://${rpId}`)) return undefined;
	return bareHost(new URL(`https://${rpId}`));
}
