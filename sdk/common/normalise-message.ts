/** Longest signature the contract takes (LIMITS.error_signature_length). */
const MAX_LENGTH = 240;

/** First labels of dotted names that are WebAuthn's own fields, not hosts: "user.id is too long" must stay readable. */
const API_NAME =
	/^(user|rp|id|name|pubKeyCredParams|publicKey|options|excludeCredentials|allowCredentials|authenticatorSelection|navigator|window|document|credential|response|signal|extensions|webauthn)\./;

const RULES: [RegExp, string | ((match: string) => string)][] = [
	[/[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]*[^\s"'<>.,;:)]/gi, '<url>'],
	// With or without a dot, in any script: what stands before the @ is a name.
	[/[^\s@"'<>]+@[^\s@"'<>]*[^\s@"'<>.,;:)!?]/g, '<email>'],
	[/"[^"]*"|“[^”]*”|‘[^’]*’|«[^»]*»|`[^`]*`/g, '<value>'],
	// An apostrophe inside a word ("document's") opens nothing, and a feature's name is not a secret.
	[/(^|[^\w])'(?!publickey-credentials-)[^']*'(?!\w)/g, '$1<value>'],
	[/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '<id>'],
	[/\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b/g, '<host>'],
	// IPv6: "::" somewhere, or four colons at least.
	[/(?<![\w:])(?=[\da-f:]*::[\da-f]|([\da-f]+:){4})[\da-f:]+/gi, '<host>'],
	[/\b([a-z0-9-]+\.)+[a-z]{2,}\b(:\d+)?/gi, (match) => (API_NAME.test(match) ? match : '<host>')],
	[/\blocalhost(:\d+)?\b/gi, '<host>'],
	[/(?=[\w-]*\d)[\w-]{16,}|[\w-]{44,}/g, '<id>'],
	[/\d+(\.\d+)*/g, '<number>'],
	[/\s+/g, ' ']
];

/**
 * An error message made comparable and harmless: URLs, e-mail addresses, quoted values, hosts, ids and numbers are replaced by
 * `<url>`, `<email>`, `<value>`, `<host>`, `<id>` and `<number>`, so that equal failures have equal signatures.
 * At most 240 characters; empty for an empty message.
 */
export function normaliseMessage(message: string): string {
	let signature = message.slice(0, 2000);
	for (const [pattern, replacement] of RULES) {
		signature = signature.replace(pattern, replacement as string);
	}
	// A cut through a surrogate pair leaves half of it, which cannot be written as UTF-8.
	return signature
		.trim()
		.slice(0, MAX_LENGTH)
		.replace(/[\uD800-\uDBFF]$/, '');
}
