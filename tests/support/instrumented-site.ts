/**
 * A relying party as a team that has OpenTelemetry runs it: SDK and HTTP instrumentation by its own variables, SimpleWebAuthn, and
 * verdicts that join the request's span. The page's script comes from whoever starts it.
 */
import { trace } from '@opentelemetry/api';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { createVerdictSender, simplewebauthn } from '@passlens/sdk/server';
import {
	generateAuthenticationOptions,
	generateRegistrationOptions,
	verifyAuthenticationResponse,
	verifyRegistrationResponse,
	type AuthenticationResponseJSON,
	type RegistrationResponseJSON,
	type WebAuthnCredential
} from '@simplewebauthn/server';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type * as Http from 'node:http';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

const telemetry = new NodeSDK({ instrumentations: [new HttpInstrumentation()] });
telemetry.start();
// Instrumented when it is asked for; an import would have come before.
const { createServer } = createRequire(import.meta.url)('node:http') as typeof Http;

const { PORT, PAGE_SCRIPT, PASSLENS_ENDPOINT, PASSLENS_SERVER_KEY } = process.env;
const origin = `http://localhost:${PORT}`;
const rpID = 'localhost';
const tracer = trace.getTracer('shop');
const passlens = createVerdictSender({
	endpoint: PASSLENS_ENDPOINT!,
	serverKey: PASSLENS_SERVER_KEY!,
	trace,
	onProblem: (problem) => console.error(problem)
});

/** One visitor is enough: a challenge, a user and their passkey. */
let challenge = '';
const userId = randomUUID();
let passkey: WebAuthnCredential | undefined;

interface Sent<Response> {
	response: Response;
	ceremonyId: string | undefined;
}

const ROUTES: Record<string, (body: never) => Promise<object>> = {
	async '/registration/options'() {
		const options = await generateRegistrationOptions({
			...{ rpName: 'Shop', rpID, userName: 'ada@example.com', userID: Buffer.from(userId) },
			authenticatorSelection: { residentKey: 'required', userVerification: 'required' }
		});
		challenge = options.challenge;
		return options;
	},
	async '/registration/verify'({ response, ceremonyId }: Sent<RegistrationResponseJSON>) {
		const verification = await verifyRegistrationResponse({
			...{ response, expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpID }
		});
		passlens.registration({
			...{ ceremonyId, userRef: userId },
			...simplewebauthn.registrationVerdict({ response, verification })
		});
		await tracer.startActiveSpan('store passkey', async (span) => {
			passkey = verification.registrationInfo?.credential;
			await Promise.resolve();
			span.end();
		});
		return { verified: verification.verified };
	},
	async '/authentication/options'() {
		const options = await generateAuthenticationOptions({ rpID, userVerification: 'required' });
		challenge = options.challenge;
		return options;
	},
	async '/authentication/verify'({ response, ceremonyId }: Sent<AuthenticationResponseJSON>) {
		const verification = await verifyAuthenticationResponse({
			...{ response, expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpID },
			credential: passkey!
		});
		passlens.authentication({
			...{ ceremonyId, userRef: userId },
			...simplewebauthn.authenticationVerdict({ response, verification })
		});
		return { verified: verification.verified };
	}
};

const read = async (request: Http.IncomingMessage) =>
	JSON.parse((await text(request)) || '{}') as never;

const server = createServer((request, response) => {
	const route = request.method === 'POST' ? ROUTES[request.url!] : undefined;
	if (request.url === '/')
		return response
			.writeHead(200, { 'content-type': 'text/html' })
			.end('<!doctype html><title>Shop</title><script type="module" src="/page.js"></script>');
	if (request.url === '/page.js')
		return response
			.writeHead(200, { 'content-type': 'text/javascript' })
			.end(readFileSync(PAGE_SCRIPT!));
	if (!route) return response.writeHead(404).end();
	read(request)
		.then(route)
		.then(
			(answer) =>
				response.setHeader('content-type', 'application/json').end(JSON.stringify(answer)),
			(error: unknown) => response.writeHead(500).end(String(error))
		);
});
server.listen(Number(PORT), 'localhost');
process.once('SIGTERM', () => {
	void passlens
		.close()
		.then(() => telemetry.shutdown())
		.then(() => process.exit(0));
});
