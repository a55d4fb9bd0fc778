import { CollectorError } from '../collector-error.ts';

/** Where ceremonies go as OpenTelemetry spans. */
export interface SpanExport {
	/** Takes traces by OTLP/HTTP in JSON, such as `http://localhost:4318/v1/traces`. */
	endpoint: string;
	headers: Record<string, string>;
	/** Ids; undefined: every project's. */
	projects: string[] | undefined;
	/** A ceremony is told when nothing of it has come for so long. */
	settledAfterMs: number;
}

/** A ceremony without an end is called abandoned after five minutes. */
const SETTLED_AFTER_S = 330;

/**
 * Reads `PASSLENS_SPANS_ENDPOINT` (nothing is exported without), `PASSLENS_SPANS_PROJECTS` (ids with commas between, or `*`),
 * `PASSLENS_SPANS_HEADERS` (`name=value,…`, percent-encoded as OpenTelemetry writes them) and `PASSLENS_SPANS_AFTER_S`.
 *
 * @throws CollectorError
 */
export function readSpanExport(env: NodeJS.ProcessEnv = process.env): SpanExport | undefined {
	const endpoint = env.PASSLENS_SPANS_ENDPOINT;
	if (!endpoint) return undefined;
	const url = URL.parse(endpoint);
	if (!url || !/^https?:$/.test(url.protocol) || url.pathname === '/')
		throw refuse(
			`PASSLENS_SPANS_ENDPOINT must be the whole address that takes traces, such as http://localhost:4318/v1/traces, not "${endpoint}".`
		);
	const projects = listed(env.PASSLENS_SPANS_PROJECTS);
	if (projects.length === 0)
		throw refuse(
			'PASSLENS_SPANS_ENDPOINT is set: say with PASSLENS_SPANS_PROJECTS which projects are exported, their ids with commas between, or * for all.'
		);
	const seconds = Number(env.PASSLENS_SPANS_AFTER_S || SETTLED_AFTER_S);
	if (!(seconds >= 1 && seconds <= 86_400))
		throw refuse(
			`PASSLENS_SPANS_AFTER_S must be a number from 1 to 86400, not "${env.PASSLENS_SPANS_AFTER_S}".`
		);
	return {
		endpoint,
		headers: readHeaders(env.PASSLENS_SPANS_HEADERS),
		projects: projects.includes('*') ? undefined : projects,
		settledAfterMs: seconds * 1_000
	};
}

function readHeaders(text: string | undefined): Record<string, string> {
	return Object.fromEntries(
		listed(text).map((pair) => {
			const [name, value] = pair.split(/=(.*)/s);
			try {
				if (name && value) return [name.trim(), decodeURIComponent(value.trim())];
			} catch {
				// Told below.
			}
			// The value may be a secret: only its place is named.
			throw refuse(
				'PASSLENS_SPANS_HEADERS must be name=value with commas between, values percent-encoded, such as authorization=Bearer%20abc.'
			);
		})
	);
}

const listed = (text = '') =>
	text
		.split(',')
		.map((one) => one.trim())
		.filter((one) => one !== '');

const refuse = (message: string) => new CollectorError('invalid_environment', message);
