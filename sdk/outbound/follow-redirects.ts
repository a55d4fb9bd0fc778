import { readUrl, type Answer, type Connection, type Failure } from './read-url.ts';

/** More is a loop, or somebody's game. */
const MAX_REDIRECTS = 3;

/** `none`: any redirect is refused. `same_origin`: within the origin. `https`: as well to any host, from HTTPS to HTTPS. */
export type RedirectRule = 'none' | 'same_origin' | 'https';

export interface RedirectRefused {
	kind: 'redirect_refused';
	/** The rule, the number, or an address that is none. */
	reason: 'rule' | 'too_many' | 'invalid';
	found: string;
}

/** GET, with redirects followed by hand. `via` are the addresses it was sent on to. */
export async function followRedirects({
	url,
	rule,
	connection
}: {
	url: URL;
	rule: RedirectRule;
	connection: Connection;
}): Promise<(Answer & { via: URL[] }) | Failure | RedirectRefused> {
	const via: URL[] = [];
	for (let current = url; ;) {
		const answer = await readUrl({ url: current, connection });
		if (answer.kind === 'failure') return answer;
		if (!isRedirect(answer)) return Object.assign(answer, { via });
		const target = answer.headers.location!;
		if (!URL.canParse(target, current.href))
			return refused('invalid', `${current.href} redirects to ${target}, which is no address.`);
		const next = new URL(target, current);
		next.username = next.password = next.hash = '';
		if (!allows(rule, current, next))
			return refused('rule', `${current.href} redirects to ${next.href}.`);
		if (via.length === MAX_REDIRECTS)
			return refused('too_many', `${url.href} redirects more than ${MAX_REDIRECTS} times.`);
		via.push(next);
		current = next;
	}
}

function isRedirect({ status, headers }: Answer): boolean {
	return [301, 302, 303, 307, 308].includes(status) && headers.location !== undefined;
}

function allows(rule: RedirectRule, from: URL, to: URL): boolean {
	if (rule === 'none') return false;
	if (from.origin === to.origin) return true;
	return rule === 'https' && from.protocol === 'https:' && to.protocol === 'https:';
}

function refused(reason: RedirectRefused['reason'], found: string): RedirectRefused {
	return { kind: 'redirect_refused', reason, found };
}
