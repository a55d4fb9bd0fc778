// The relying party behind index.html: `node examples/plain-html/server.mjs`. Users live in memory; a real site keeps them.
import {
	generateAuthenticationOptions,
	generateRegistrationOptions,
	verifyAuthenticationResponse,
	verifyRegistrationResponse
} from '@simplewebauthn/server';
import { createVerdictSender, simplewebauthn } from '@passlens/sdk/server';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const {
	PORT = '7421',
	PASSLENS_ENDPOINT = 'http://localhost:7301',
	PASSLENS_KEY = '',
	PASSLENS_SERVER_KEY = ''
} = process.env;
const origin = `http://localhost:${PORT}`;
const rpID = 'localhost';

const passlens = createVerdictSender({
	endpoint: PASSLENS_ENDPOINT,
	serverKey: PASSLENS_SERVER_KEY,
	onProblem: console.warn
});

/** One browser's visit, by its cookie: the challenge it was given. */
const visits = new Map();
const users = new Map();
const credentials = new Map();

const routes = {
	async '/registration/options'({ visit, name }) {
		visit.user = { id: randomUUID(), name: String(name).slice(0, 64) };
		const options = await generateRegistrationOptions({
			rpName: 'Plain page',
			rpID,
			userID: Buffer.from(visit.user.id),
			userName: visit.user.name,
			authenticatorSelection: { residentKey: 'required', userVerification: 'required' }
		});
		visit.challenge = options.challenge;
		return options;
	},

	async '/registration/verify'({ visit, response, ceremonyId }) {
		const { user } = visit;
		const tell = (outcome) =>
			passlens.registration({
				ceremonyId,
				userRef: user.id,
				...simplewebauthn.registrationVerdict({ response, ...outcome })
			});
		const verification = await verifyRegistrationResponse({
			response,
			expectedChallenge: visit.challenge,
			expectedOrigin: origin,
			expectedRPID: rpID
		}).catch((error) => {
			tell({ error });
			throw error;
		});
		tell({ verification });
		if (!verification.verified) throw new Error('The passkey was refused.');
		const { credential } = verification.registrationInfo;
		users.set(user.id, user);
		credentials.set(credential.id, { ...credential, userId: user.id });
		return user;
	},

	async '/authentication/options'({ visit }) {
		const options = await generateAuthenticationOptions({ rpID, userVerification: 'required' });
		visit.challenge = options.challenge;
		return options;
	},

	async '/authentication/verify'({ visit, response, ceremonyId }) {
		const credential = credentials.get(response.id);
		const tell = (outcome) =>
			passlens.authentication({
				ceremonyId,
				userRef: credential?.userId,
				...simplewebauthn.authenticationVerdict({ response, ...outcome }),
				...(!credential && { reason: 'credential_unknown' })
			});
		if (!credential) {
			tell({ error: new Error('Unknown passkey') });
			throw new Error('This passkey is not known here.');
		}
		const verification = await verifyAuthenticationResponse({
			response,
			expectedChallenge: visit.challenge,
			expectedOrigin: origin,
			expectedRPID: rpID,
			credential
		}).catch((error) => {
			tell({ error });
			throw error;
		});
		tell({ verification });
		if (!verification.verified) throw new Error('The signature is not right.');
		credential.counter = verification.authenticationInfo.newCounter;
		return users.get(credential.userId);
	}
};

const script = fileURLToPath(import.meta.resolve('@passlens/sdk/passlens.js'));
const page = readFileSync(new URL('index.html', import.meta.url), 'utf8')
	.replace('%PASSLENS_ENDPOINT%', PASSLENS_ENDPOINT)
	.replace('%PASSLENS_KEY%', PASSLENS_KEY);

const server = createServer(async (request, response) => {
	const send = (status, type, body) =>
		response.writeHead(status, { 'content-type': type }).end(body);
	if (request.url === '/') {
		if (!visitOf(request))
			response.setHeader('set-cookie', `visit=${openVisit()}; HttpOnly; SameSite=Strict; Path=/`);
		return send(200, 'text/html; charset=utf-8', page);
	}
	if (request.url === '/passlens.js') return send(200, 'text/javascript', readFileSync(script));
	const route = request.method === 'POST' && routes[request.url];
	const visit = visitOf(request);
	if (!route || !visit) return send(404, 'application/json', '{"error":"Not found."}');
	try {
		const answer = await route({ ...JSON.parse(await text(request)), visit });
		send(200, 'application/json', JSON.stringify(answer));
	} catch (error) {
		send(400, 'application/json', JSON.stringify({ error: error.message }));
	}
});

function openVisit() {
	const id = randomBytes(16).toString('hex');
	visits.set(id, {});
	return id;
}

function visitOf(request) {
	const [, id] = /\bvisit=([0-9a-f]+)/.exec(request.headers.cookie ?? '') ?? [];
	return visits.get(id);
}

server.listen(Number(PORT), 'localhost', () => console.log(`Open ${origin}`));
process.once('SIGTERM', async () => {
	await passlens.close();
	server.close();
	server.closeAllConnections();
});
