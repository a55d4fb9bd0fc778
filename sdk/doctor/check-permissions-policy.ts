import { finding, quoteSome, type Finding } from './finding.ts';

/** Whether the page itself may ask for passkeys, by its Permissions-Policy header. */
export function checkPermissionsPolicy({
	origin,
	header
}: {
	origin: URL;
	header: string | undefined;
}): Finding[] {
	const findings: Finding[] = [];
	const others = new Set<string>();
	for (const action of ['get', 'create'] as const) {
		const feature = `publickey-credentials-${action}`;
		// Without an entry the page itself may, and frames of other origins may not.
		const allowed = readAllowlist(header ?? '', feature) ?? ['self'];
		if (!['*', 'self', origin.origin].some((one) => allowed.includes(one)))
			findings.push(
				finding(
					`permissions_policy_blocks_${action}`,
					`The page forbids itself ${feature} (it allows: ${allowed.length > 0 ? quoteSome(allowed) : 'nobody'}).`
				)
			);
		for (const one of allowed) if (one !== 'self' && one !== origin.origin) others.add(one);
	}
	if (findings.length === 0)
		findings.push(
			finding(
				'permissions_policy_allows',
				header === undefined
					? 'No Permissions-Policy header: the page may create and get passkeys.'
					: 'The Permissions-Policy lets the page create and get passkeys.'
			)
		);
	if (others.size > 0)
		findings.push(
			finding('embedding_delegated', `Frames may ask for passkeys too: ${quoteSome([...others])}.`)
		);
	return findings;
}

/** Members of one feature: "*", "self" or origins. `undefined`: no entry. The last of several counts. */
export function readAllowlist(header: string, feature: string): string[] | undefined {
	let allowlist: string[] | undefined;
	// A structured dictionary: commas inside quotes or parentheses separate nothing.
	for (const member of header.match(/(?:"[^"]*"|\([^)]*\)|[^,])+/g) ?? []) {
		const [, key, value] = /^\s*([a-z*][a-z0-9_.*-]*)\s*(?:=(.*))?$/.exec(member) ?? [];
		if (key !== feature) continue;
		const list = /^\(([^)]*)\)/.exec(value ?? '')?.[1] ?? (value ?? '').split(';', 1)[0] ?? '';
		allowlist = (list.match(/"[^"]*"|[^\s]+/g) ?? [])
			.map((item) => item.replace(/^"(.*)"$/, '$1'))
			.filter((item) => item === '*' || item === 'self' || URL.canParse(item));
	}
	return allowlist;
}
