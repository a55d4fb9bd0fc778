import type { Way } from './ways.ts';

export interface Snippet {
	/** Where it goes. */
	title: string;
	/** What to know of it; empty: nothing. */
	note: string;
	code: string;
}

/** What a way needs to be written out. */
export interface Target {
	/** Public address of the collector. */
	endpoint: string;
	/** The project's public key. */
	ingestKey: string;
	/** Nothing is seen or sent until the visitor agreed. */
	consentFirst: boolean;
	/** Made for this reader, so that the example works as it stands, once. */
	exampleId: string;
	/** Unix epoch in milliseconds. */
	now: number;
}

const INSTALL = 'npm install "$PASSLENS/sdk/dist"';
const INSTALL_NOTE =
	'The package is not published yet: PASSLENS is the folder of your copy, and npm run build -w sdk writes sdk/dist there.';

/** What to copy for one way of sending, each with the place it goes to. */
export function snippetsFor(way: Way, target: Target): Snippet[] {
	return WAY_SNIPPETS[way](target);
}

const WAY_SNIPPETS: Record<Way, (target: Target) => Snippet[]> = {
	script: ({ endpoint, ingestKey, consentFirst }) => [
		{
			title: 'In the page, before its own scripts',
			note: 'After a sign-in: passlens.identify(user.id). Only a hash of it leaves the page.',
			code: `<script src="${endpoint}/passlens.js"></script>
<script>
	passlens.init({${consentFirst ? " consent: 'off'," : ''}
		endpoint: '${endpoint}', projectKey: '${ingestKey}' });
</script>`
		},
		...agreed(consentFirst, "passlens.consent('full');")
	],
	npm: (target) => [
		{ title: 'Once', note: INSTALL_NOTE, code: INSTALL },
		{
			title: 'In the page, as early as possible',
			note: '',
			code: `import { identify, init } from '@passlens/sdk';

${initCall(target)}
// once you know who it is; only a hash of it leaves the page
identify(user.id);`
		},
		...agreedInModule(target),
		verdicts(target)
	],
	nextjs: (target) => [
		{ title: 'Once', note: INSTALL_NOTE, code: INSTALL },
		{
			title: 'instrumentation-client.ts, beside app/',
			note: 'Next.js runs it before the page’s own code. Call identify(user.id) where you know who signed in.',
			code: `import { init } from '@passlens/sdk';

${initCall(target)}`
		},
		...agreedInModule(target),
		verdicts(target)
	],
	sveltekit: (target) => [
		{ title: 'Once', note: INSTALL_NOTE, code: INSTALL },
		{
			title: 'src/hooks.client.ts',
			note: 'SvelteKit runs it when the application starts. Call identify(user.id) where you know who signed in.',
			code: `import { init } from '@passlens/sdk';

${initCall(target)}`
		},
		...agreedInModule(target),
		verdicts(target)
	],
	http: (target) => [
		{
			title: 'A first event, from a terminal',
			note: 'Works as it stands. The same id sent again counts once. A complete sender each for Swift, Kotlin, Dart and five other languages is in examples/recipes.',
			code: `curl '${target.endpoint}/v1/events' \\
	-H 'authorization: Bearer ${target.ingestKey}' \\
	-H 'content-type: application/json' \\
	-d '${JSON.stringify(firstBatch(target))}'`
		}
	],
	otlp: (target) => [
		{
			title: 'A first log record, from a terminal',
			note: 'Works as it stands. The event’s name and its fields are attributes; collector/otlp/README.md has the whole table.',
			code: `curl '${target.endpoint}/v1/logs' \\
	-H 'authorization: Bearer ${target.ingestKey}' \\
	-H 'content-type: application/json' \\
	-d '${JSON.stringify(firstLogRecord(target))}'`
		},
		{
			title: 'Any OpenTelemetry SDK, by its own variables',
			note: 'Emit log records with the event name passlens.<type>, such as passlens.ceremony.finished.',
			code: `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=${target.endpoint}/v1/logs
OTEL_EXPORTER_OTLP_LOGS_HEADERS=authorization=Bearer%20${target.ingestKey}`
		}
	]
};

function initCall({ endpoint, ingestKey, consentFirst }: Target): string {
	const consent = consentFirst ? ", consent: 'off'" : '';
	return `init({ endpoint: '${endpoint}', projectKey: '${ingestKey}'${consent} });`;
}

function agreedInModule({ consentFirst }: Target): Snippet[] {
	return agreed(consentFirst, `import { consent } from '@passlens/sdk';\n\nconsent('full');`);
}

/** Where a site asks first: what it calls when it was answered. */
function agreed(consentFirst: boolean, code: string): Snippet[] {
	if (!consentFirst) return [];
	const note =
		'Until then nothing is observed, kept or sent, and what happened meanwhile is not told later. Each page begins anew: call it also where the visitor agreed on an earlier one. “anonymous” in the place of “full” leaves out who it is, “off” takes the consent back.';
	return [{ title: 'On every page, once the visitor has agreed', note, code }];
}

function verdicts({ endpoint }: Target): Snippet {
	return {
		title: 'On your server, beside verification',
		note: 'The page sends ceremonyId() along with its WebAuthn response. The server key is secret: make one below.',
		code: `import { createVerdictSender, simplewebauthn } from '@passlens/sdk/server';

const passlens = createVerdictSender({
	endpoint: '${endpoint}', serverKey: process.env.PASSLENS_KEY });
passlens.authentication({ ceremonyId, userRef: user.id,
	...simplewebauthn.authenticationVerdict({ response, verification }) });`
	};
}

function firstBatch({ exampleId, now }: Target): object {
	return {
		schema_version: 1,
		sent_unix_ms: now,
		sdk: { name: 'curl', version: '1' },
		events: [{ id: exampleId, type: 'client.capabilities', time_unix_ms: now, webauthn: true }]
	};
}

function firstLogRecord({ exampleId, now }: Target): object {
	const attributes = [
		{ key: 'id', value: { stringValue: exampleId } },
		{ key: 'webauthn', value: { boolValue: true } }
	];
	const record = {
		timeUnixNano: `${now}000000`,
		eventName: 'passlens.client.capabilities',
		attributes
	};
	return { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] };
}
