import { AsyncLocalStorage } from 'node:async_hooks';
import { building, dev } from '$app/environment';
import { env } from '$env/dynamic/private';
import { guardRoute } from '$lib/server/access/guard-route.ts';
import { noteRequest } from '$lib/server/access/note-request.ts';
import { keepNotices } from '$lib/server/access/notices/send-notices.ts';
import { closeOwnSignIns } from '$lib/server/access/own-sign-ins.ts';
import { keepAlerts } from '$lib/server/alerts/keep-alerts.ts';
import { alertOutlets } from '$lib/server/alerts/send-alert.ts';
import { keepDigests } from '$lib/server/digest/send-digests.ts';
import { isAllowedHost, isOwnRequest } from '$lib/server/allowed-host.ts';
import { closeDatabase, database } from '$lib/server/database.ts';
import { collectorUrl } from '$lib/server/collector-url.ts';
import { checkEnvironmentNumbers, environmentNumber } from '$lib/server/environment-number.ts';
import { evidenceDirectory, keepEvidence } from '$lib/server/evidence/keep-evidence.ts';
import { explainDatabaseError } from '$lib/server/explain-database-error.ts';
import { DEFAULT_LOCALE, findLocaleBy, localeAskedFor } from '$lib/format/number-locale.ts';
import { mailOutlet } from '$lib/server/mail/send-mail.ts';
import { observeRequest, SERVICE_NAME } from '$lib/server/observe.ts';
import { plainPage } from '$lib/server/plain-page.ts';
import { closeVerdicts } from '$lib/server/playground/playground.ts';
import { settings } from '$lib/server/settings.ts';
import { tracesTable } from '$lib/server/traces-table.ts';
import { siteReach } from '$lib/server/site-checks/check-site.ts';
import { keepSiteChecks } from '$lib/server/site-checks/keep-site-checks.ts';
import { keepStreams } from '$lib/server/streams/keep-streams.ts';
import { streamOutlets } from '$lib/server/streams/send-events.ts';
import { startExporting } from '../telemetry/start-exporting.ts';
import ICONS from 'virtual:icon-shapes';
import type { Handle, HandleServerError, ServerInit } from '@sveltejs/kit';

// serve.ts waits for this before it stops the collector, which the playground's last verdicts still need.
process.on('sveltekit:shutdown', async () => {
	await Promise.all(endTasks.map((end) => end()));
	await Promise.all([closeVerdicts(), closeOwnSignIns()]);
	await closeDatabase();
	await endTelemetry?.();
});

let endTelemetry: (() => Promise<void>) | undefined;
/** What this process does beside answering, as functions that end it. */
const endTasks: (() => Promise<void>)[] = [];

/** Every dashboard process offers to look after alerts, e-mails, evidence, sites and streams; one at a time does. PASSLENS_ALERTS_EVERY_S=0, PASSLENS_EVIDENCE_EVERY_S=0, PASSLENS_SITE_CHECKS_EVERY_S=0, PASSLENS_STREAMS_EVERY_S=0: this one never. */
export const init: ServerInit = async () => {
	if (building) return;
	// A mistake ends the start, and not the first page that needs it.
	tracesTable(env);
	checkEnvironmentNumbers(env);
	endTelemetry = await startExporting({ serviceName: SERVICE_NAME });
	const shared = { client: database, settings };
	const alertsMs = environmentNumber(env, 'PASSLENS_ALERTS_EVERY_S') * 1_000;
	const told = { ...shared, origin: env.ORIGIN ?? '', everyMs: alertsMs };
	if (alertsMs > 0)
		endTasks.push(
			keepAlerts({
				...{ ...told, outlets: alertOutlets(env) },
				onError: (error) => console.error('Alerts:', error)
			}),
			keepDigests({
				...{ ...told, outlet: mailOutlet(env) },
				onError: (error) => console.error('Weekly e-mails:', error)
			}),
			keepNotices({
				...{ settings, outlet: mailOutlet(env), origin: told.origin, everyMs: alertsMs },
				onError: (error) => console.error('Notices:', error)
			})
		);
	const evidenceMs = environmentNumber(env, 'PASSLENS_EVIDENCE_EVERY_S') * 1_000;
	if (evidenceMs > 0)
		endTasks.push(
			keepEvidence({
				...{ ...shared, everyMs: evidenceMs, directory: evidenceDirectory(env) },
				onError: (error) => console.error('Evidence:', error)
			})
		);
	const checksMs = environmentNumber(env, 'PASSLENS_SITE_CHECKS_EVERY_S') * 1_000;
	if (checksMs > 0)
		endTasks.push(
			keepSiteChecks({
				...{ ...shared, reach: siteReach(env), everyMs: checksMs },
				onError: (error) => console.error('Site checks:', error)
			})
		);
	const streamsMs = environmentNumber(env, 'PASSLENS_STREAMS_EVERY_S') * 1_000;
	if (streamsMs > 0)
		endTasks.push(
			keepStreams({
				...{ ...shared, outlets: streamOutlets(env), everyMs: streamsMs },
				onError: (error) => console.error('Streams:', error)
			})
		);
};

export const handle: Handle = (asked) => {
	const { request, route } = asked.event;
	return observeRequest({ method: request.method, route: route.id }, async () => answer(asked));
};

/** In whose way the pages of a request write numbers: another request may be answered meanwhile. */
const readers = new AsyncLocalStorage<string>();
findLocaleBy(() => readers.getStore());

const answer: Handle = (asked) => {
	const { request, route } = asked.event;
	const page = !route.id?.startsWith('/api/');
	const locale = page ? localeAskedFor(request.headers.get('accept-language')) : DEFAULT_LOCALE;
	return readers.run(locale, () => answerReader(asked, locale));
};

const answerReader = async (
	{ event, resolve }: Parameters<Handle>[0],
	locale: string
): Promise<Response> => {
	const host = event.request.headers.get('host') ?? '';
	if (!isAllowedHost(host, env.PASSLENS_ALLOWED_HOSTS, env.ORIGIN)) return refuseHost(host);
	if (!isOwnRequest(event.request, host)) return new Response(OTHER_SITE, { status: 403 });
	const refusal = await guardRoute(event);
	const response =
		refusal ??
		(await resolve(event, {
			preload: isNeededForFirstPaint,
			transformPageChunk: ({ html }) =>
				html.replace('%passlens.numbers%', locale).replace('%passlens.icons%', ICONS)
		}));
	if (!refusal) await noteRequest(event, response);
	const policy = response.headers.get('content-security-policy');
	if (policy)
		response.headers.set('content-security-policy', `${policy}; connect-src ${connectSources()}`);
	return response;
};

export const handleError: HandleServerError = ({ error, status, message }) => {
	if (status === 404) return { message };
	const reference = crypto.randomUUID().slice(0, 8);
	console.error(`[${reference}]`, error);
	const reason = explainDatabaseError(error);
	if (reason) return { message: `${reason} (Reference ${reference}.)`, explained: true };
	return { message: `Something went wrong while reading the data (reference ${reference}).` };
};

const OTHER_SITE =
	'Passlens takes changes from its own pages alone: this request came from another site.';

/** The playground sends to the collector, whose address is known only when the server runs; Vite's reload needs a socket. */
function connectSources(): string {
	const collector = URL.parse(collectorUrl())?.origin;
	return ["'self'", collector, dev && 'ws:'].filter(Boolean).join(' ');
}

function isNeededForFirstPaint({ type, path }: { type: string; path: string }): boolean {
	return (
		type === 'js' || type === 'css' || (type === 'font' && path.includes('inter-latin-wght-normal'))
	);
}

/** A web page that rebinds its own name to this machine could read what is open there without a sign-in: names are checked. */
function refuseHost(host: string): Response {
	const name = host.replace(/[^\w.:[\]-]/g, '').slice(0, 100);
	return plainPage({
		status: 421,
		title: `Passlens does not answer under the name “${name}”`,
		paragraphs: [
			"It takes requests for this machine's own names only (localhost, 127.0.0.1, [::1]), and for the one it is told.",
			`Open it as http://localhost with its port. To reach it under another name, start it with PASSLENS_ORIGIN=https://${name.replace(/:\d+$/, '') || 'name'}, the address that people open.`
		]
	});
}
