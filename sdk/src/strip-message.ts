/**
 * Whatever in a message could name a person, a key or a machine: quoted values (but a feature's name), and words with a
 * digit, an "@" or a slash in them, or longer than prose has.
 */
const NAMES =
	/(["`]|\B')(?!publickey-).*?\1|[“‘«].*[”’»]|[^\s"'<>()]*[\d@/\\]([^\s"'<>()]*\w)?|[\w-]{44,}/g;

/**
 * An error message without anything that must not leave the page. What remains, hosts and spaces, is left to the collector,
 * which normalises every message once more before it is written (`common/normalise-message.ts`).
 */
export const stripMessage = (message: string): string =>
	message.slice(0, 2000).replace(NAMES, '<value>').slice(0, 240);
