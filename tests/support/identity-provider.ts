import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type JWK } from 'oidc-provider';

/** Somebody whom the provider knows. Who they are there is what they type as their login. */
export interface Account {
	name?: string;
	email?: string;
	email_verified?: boolean;
	groups?: string[];
}

/** A company's identity provider on loopback: `oidc-provider`, with its own pages for sign-in and consent. */
export interface IdentityProvider {
	issuer: string;
	clientId: string;
	clientSecret: string;
	/** By login; to be changed while it runs. */
	accounts: Map<string, Account>;
	/** What happens to it on the way, as an attacker or a fault would have it. */
	meddle: Meddling;
	/** An ID token of its own with other claims, and its own signature. */
	resign(idToken: string, changes: object): string;
	/** Refuses connections from here on, until `start`; what it is at is answered. */
	stop(): Promise<void>;
	start(): Promise<void>;
}

interface Meddling {
	/** The address that the browser comes with. */
	request?: ((url: string) => string) | undefined;
	/** Where it is sent back to. */
	callback?: ((url: string) => string) | undefined;
	/** What the token endpoint answers. */
	token?: ((answer: { id_token: string }) => { id_token: string }) | undefined;
}

/** @param origin where the dashboard is opened */
export async function startIdentityProvider({
	port,
	origin
}: {
	port: number;
	origin: string;
}): Promise<IdentityProvider> {
	const issuer = `http://localhost:${port}`;
	const [clientId, clientSecret] = ['passlens', 'a-secret-that-stands-nowhere'];
	const accounts = new Map<string, Account>();
	const meddle: Meddling = {};
	const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
	const jwk = {
		...(privateKey.export({ format: 'jwk' }) as JWK),
		...{ use: 'sig', alg: 'RS256', kid: 'test' }
	};
	const provider = new Provider(issuer, {
		clients: [
			{
				...{ client_id: clientId, client_secret: clientSecret, require_auth_time: true },
				redirect_uris: [`${origin}/sign-in/provider/callback`],
				post_logout_redirect_uris: [`${origin}/sign-in`]
			}
		],
		claims: {
			openid: ['sub'],
			profile: ['name'],
			email: ['email', 'email_verified'],
			groups: ['groups']
		},
		cookies: { keys: ['of the test'] },
		jwks: { keys: [jwk] },
		pkce: { required: () => true },
		ttl: {
			...{ Session: 3_600, Grant: 3_600, Interaction: 600 },
			...{ AuthorizationCode: 60, AccessToken: 600, IdToken: 600 }
		},
		findAccount: (_, id) => {
			const account = accounts.get(id);
			return account && { accountId: id, claims: () => ({ sub: id, ...account }) };
		}
	});
	provider.use(async (context, next) => {
		if (meddle.request && context.path === '/auth') context.url = meddle.request(context.url);
		await next();
		const location = context.response.get('location') as string | undefined;
		if (meddle.callback && location?.startsWith(origin))
			context.set('location', meddle.callback(location));
		if (meddle.token && context.path === '/token' && context.status === 200)
			context.body = meddle.token(context.body as { id_token: string });
	});
	let server: Server;
	const running: IdentityProvider = {
		...{ issuer, clientId, clientSecret, accounts, meddle },
		resign(idToken, changes) {
			const [header, payload] = changeClaims(idToken, changes).split('.');
			const signed = `${header}.${payload}`;
			return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
		},
		async start() {
			server = provider.listen(port, 'localhost');
			await once(server, 'listening');
			if ((server.address() as AddressInfo).port !== port) throw new Error('Another port.');
		},
		async stop() {
			const closed = once(server, 'close');
			server.close();
			await closed;
		}
	};
	await running.start();
	return running;
}

/** The token with other claims, and the signature it had. */
export function changeClaims(token: string, changes: object): string {
	const [header, payload, signature] = token.split('.');
	const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as object;
	const changed = Buffer.from(JSON.stringify({ ...claims, ...changes })).toString('base64url');
	return [header, changed, signature].join('.');
}
