/** One policy: directive → source expressions. The first of equal names counts, as in browsers. */
export type Policy = ReadonlyMap<string, readonly string[]>;

/** Every policy of a page: of its headers (several are joined by commas) and of its `<meta>` elements. */
export function readPolicies({
	header,
	html
}: {
	header: string | undefined;
	html: string;
}): Policy[] {
	return [...(header ?? '').split(','), ...readMetaPolicies(html)]
		.map(parsePolicy)
		.filter((policy) => policy.size > 0);
}

/** Reads `<meta>` by pattern, not as a parser would: a page's head is rarely tricky. */
function readMetaPolicies(html: string): string[] {
	const elements = withoutComments(html).match(/<meta\s[^<>]*>/gi) ?? [];
	return elements
		.filter((element) => /http-equiv\s*=\s*["']?content-security-policy["'\s/>]/i.test(element))
		.map((element) => /\scontent\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(element))
		.map((match) => (match?.[1] ?? match?.[2] ?? '').replace(/&#39;|&apos;/g, "'"));
}

/** In one pass: a pattern would take quadratic time on a page made for it. */
function withoutComments(html: string): string {
	const [start = '', ...parts] = html.split('<!--');
	return start + parts.map((part) => part.split('-->').slice(1).join('-->')).join('');
}

function parsePolicy(text: string): Policy {
	const policy = new Map<string, string[]>();
	for (const directive of text.split(';')) {
		const [name, ...sources] = directive.trim().split(/\s+/);
		const key = name?.toLowerCase();
		if (key && !policy.has(key)) policy.set(key, sources);
	}
	return policy;
}

/** The sources of the first directive there is; `undefined`: the policy says nothing about it. */
export function findSources(
	policy: Policy,
	directives: readonly string[]
): readonly string[] | undefined {
	const name = directives.find((directive) => policy.has(directive));
	return name === undefined ? undefined : policy.get(name);
}

/** Whether a source expression lets a page of `self` load `url`. Nonces and hashes match no address. */
export function matchesSource({
	source,
	url,
	self
}: {
	source: string;
	url: URL;
	self: URL;
}): boolean {
	if (source === '*') return true;
	if (source.toLowerCase() === "'self'")
		return (
			url.hostname === self.hostname &&
			schemeMatches(self.protocol, url.protocol) &&
			(url.port === self.port || (isDefaultPort(url) && isDefaultPort(self)))
		);
	const scheme = /^([a-z][a-z0-9+.-]*:)$/i.exec(source)?.[1];
	if (scheme) return schemeMatches(scheme.toLowerCase(), url.protocol);
	const match =
		/^(?:([a-z][a-z0-9+.-]*:)\/\/)?(\*|(?:\*\.)?[^/:'*]+)(?::(\d+|\*))?(\/[^?#]*)?$/i.exec(source);
	if (!match) return false;
	const [, hostScheme, host, port, path] = match;
	return (
		schemeMatches(hostScheme?.toLowerCase() ?? self.protocol, url.protocol) &&
		hostMatches(host!.toLowerCase(), url.hostname) &&
		portMatches(port, url) &&
		pathMatches(path, url.pathname)
	);
}

/** http: in a policy covers https: as well. */
function schemeMatches(allowed: string, actual: string): boolean {
	return allowed === actual || (allowed === 'http:' && actual === 'https:');
}

function hostMatches(allowed: string, actual: string): boolean {
	if (allowed === '*') return true;
	return allowed.startsWith('*.') ? actual.endsWith(allowed.slice(1)) : actual === allowed;
}

function isDefaultPort(url: URL): boolean {
	return url.port === '';
}

function portMatches(allowed: string | undefined, url: URL): boolean {
	if (allowed === '*') return true;
	if (allowed === undefined) return isDefaultPort(url);
	const actual = url.port || (url.protocol === 'https:' ? '443' : '80');
	return allowed === actual || (allowed === '80' && actual === '443');
}

function pathMatches(allowed: string | undefined, actual: string): boolean {
	if (allowed === undefined || allowed === '/') return true;
	return allowed.endsWith('/') ? actual.startsWith(allowed) : actual === allowed;
}
