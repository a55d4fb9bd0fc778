import { finding, quote, type Finding } from './finding.ts';
import { followRedirects, type RedirectRule } from '../outbound/follow-redirects.ts';
import type { Answer, Connection } from '../outbound/read-url.ts';

/** Beginning of the file's finding codes. */
type FilePrefix = 'related_origins' | 'apple_association' | 'asset_links';

const REDIRECT_CODES = {
	related_origins: 'related_origins_redirect_refused',
	apple_association: 'apple_association_redirect',
	asset_links: 'asset_links_redirect'
} as const;

export interface JsonFile {
	/** What there was to say on the way. */
	findings: Finding[];
	/** The parsed content; absent if the file is missing or unusable. */
	content?: unknown;
}

/** Reads one of the association files and says whatever is wrong before its content matters. */
export async function readJsonFile({
	url,
	prefix,
	rule,
	connection
}: {
	url: URL;
	prefix: FilePrefix;
	rule: RedirectRule;
	connection: Connection;
}): Promise<JsonFile> {
	const answer = await followRedirects({ url, rule, connection });
	if (answer.kind === 'failure') return { findings: [finding(answer.code, answer.found)] };
	if (answer.kind === 'redirect_refused')
		return { findings: [finding(REDIRECT_CODES[prefix], answer.found)] };

	const { findings, content } = readContent(answer, url, prefix);
	if (answer.via.length > 0 && prefix === 'related_origins') {
		findings.unshift(
			finding('related_origins_redirected', `${url.href} leads to ${answer.url.href}.`)
		);
	}
	return content === undefined ? { findings } : { findings, content };
}

function readContent(answer: Answer, url: URL, prefix: FilePrefix): JsonFile {
	if (answer.status === 404 || answer.status === 410)
		return { findings: [finding(`${prefix}_missing`, `There is no ${url.pathname}.`)] };
	if (answer.status !== 200)
		return {
			findings: [finding(`${prefix}_status`, `${url.pathname} answers ${answer.status}.`)]
		};
	const type = answer.headers['content-type'] ?? '';
	const content = answer.complete ? parse(answer.text) : undefined;
	// Many sites answer any address with their start page: that is no broken file, it is none.
	if (/^text\/html\b/i.test(type) && content === undefined)
		return {
			findings: [
				finding(
					`${prefix}_missing`,
					`There is no ${url.pathname}: the site answers 200 with an HTML page instead.`
				)
			]
		};
	const findings: Finding[] = [];
	if (!/^application\/json\s*(;|$)/i.test(type))
		findings.push(
			finding(
				`${prefix}_content_type`,
				`${url.pathname} has the content type ${quote(type)} instead of application/json.`
			)
		);
	if (!answer.complete)
		findings.push(
			finding('too_large', `${url.pathname} is larger than this tool reads, or badly packed.`)
		);
	else if (content === undefined)
		findings.push(
			finding(`${prefix}_json_invalid`, `${url.pathname} is no JSON: ${quote(answer.text)}.`)
		);
	return content === undefined ? { findings } : { findings, content };
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
