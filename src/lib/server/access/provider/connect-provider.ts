import { readFile } from 'node:fs/promises';
import {
	allowInsecureRequests,
	ClientSecretBasic,
	ClientSecretPost,
	customFetch,
	discovery,
	enableNonRepudiationChecks,
	None,
	type ClientAuth,
	type Configuration
} from 'openid-client';
import type { SignInProvider } from '../../../../../settings/access/sign-in-provider.ts';
import { providerFetch } from './provider-fetch.ts';
import { refuseBy } from './provider-refusal.ts';

/** What the provider says of itself is asked for again after so long. */
const KNOWN_MS = 3_600_000;
const TIMEOUT_S = 10;

let known: { key: string; at: number; connected: Configuration } | undefined;

/** The provider with what it says of itself, and this client's secret. @throws SignInError, ClientError, ProviderUnreachable */
export async function connectProvider(provider: SignInProvider): Promise<Configuration> {
	const secret = await readSecret(provider);
	const key = JSON.stringify([provider, secret]);
	if (known?.key === key && Date.now() - known.at < KNOWN_MS) return known.connected;
	const insecure = provider.issuer.startsWith('http:');
	const connected = await discovery(
		new URL(provider.issuer),
		provider.clientId,
		{ ...(secret !== undefined && { client_secret: secret }) },
		secret === undefined ? None() : secretBy(secret),
		{
			[customFetch]: providerFetch(provider),
			timeout: TIMEOUT_S,
			// The signature of what comes is checked, whatever TLS says of where it came from.
			execute: [enableNonRepudiationChecks, ...(insecure ? [allowInsecureRequests] : [])]
		}
	);
	known = { key, at: Date.now(), connected };
	return connected;
}

/** As the provider takes it: in the header, as all must, or in the body where it says so. */
function secretBy(secret: string): ClientAuth {
	const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)];
	return (server, ...rest) => {
		const taken = server.token_endpoint_auth_methods_supported;
		const way = taken && !taken.includes('client_secret_basic') ? post : basic;
		return way(server, ...rest);
	};
}

async function readSecret({
	secretVariable,
	secretFile
}: SignInProvider): Promise<string | undefined> {
	if (secretVariable === undefined && secretFile === undefined) return undefined;
	const secret =
		secretVariable === undefined
			? await readFile(secretFile!, 'utf8').catch(() => '')
			: (process.env[secretVariable] ?? '');
	if (secret.trim() !== '') return secret.trim();
	console.error(
		`Sign-in through the identity provider: ${secretVariable === undefined ? `${secretFile} holds no secret that can be read` : `the environment has no ${secretVariable}`}: set it where the dashboard starts.`
	);
	throw refuseBy('provider_secret');
}
