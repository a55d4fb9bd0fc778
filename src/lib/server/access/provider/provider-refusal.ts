import {
	AuthorizationResponseError,
	ClientError,
	ResponseBodyError,
	WWWAuthenticateChallengeError
} from 'openid-client';
import { PROVIDER_REFUSALS, type ProviderRefusal } from '$lib/sign-in/provider-refusals.ts';
import { SignInError } from '../sign-in-error.ts';
import { ProviderUnreachable } from './provider-fetch.ts';

/** Why nobody came in through the provider: the code of a text that the sign-in page shows. */
export function refuseBy(code: ProviderRefusal, options?: ErrorOptions): SignInError {
	return new SignInError(400, code, PROVIDER_REFUSALS[code], options);
}

/**
 * What was thrown on the way to the provider and back, as a refusal. What was wrong with the answer is told to the server's log and
 * to nobody else.
 *
 * @throws what has nothing to do with the provider
 */
export function explainProviderError(error: unknown): SignInError {
	if (error instanceof SignInError) return error;
	if (!OF_THE_PROVIDER.some((type) => error instanceof type)) throw error;
	const refusal = refuseBy(codeOf(error), { cause: error });
	console.error(`Sign-in through the identity provider: ${describe(error)}`);
	return refusal;
}

const OF_THE_PROVIDER = [
	...[AuthorizationResponseError, ClientError, ProviderUnreachable],
	...[ResponseBodyError, WWWAuthenticateChallengeError]
];

/** So long as the provider is busy or away, trying again helps. */
const BUSY = ['server_error', 'temporarily_unavailable'];

function codeOf(error: unknown): ProviderRefusal {
	if (causes(error).some((one) => one instanceof ProviderUnreachable)) return 'provider_down';
	if (error instanceof AuthorizationResponseError)
		return BUSY.includes(error.error) ? 'provider_down' : 'provider_denied';
	if (error instanceof ResponseBodyError && BUSY.includes(error.error)) return 'provider_down';
	if (!(error instanceof ClientError)) return 'provider_answer';
	if (error.code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') return 'provider_clock';
	return error.code === 'OAUTH_TIMEOUT' ? 'provider_down' : 'provider_answer';
}

/** For the operator: which check failed. No token, code or claim is in it. */
function describe(error: unknown): string {
	const unreachable = causes(error).find((one) => one instanceof ProviderUnreachable);
	if (unreachable) return unreachable.message;
	if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError)
		return `the provider answered ${error.error.replace(/\W/g, '').slice(0, 60)}`;
	if (error instanceof ClientError) return `${error.message} (${error.code ?? 'no code'})`;
	return error instanceof Error ? error.name : 'unknown';
}

function causes(error: unknown): Error[] {
	const all: Error[] = [];
	for (let one = error; one instanceof Error && all.length < 8; one = one.cause) all.push(one);
	return all;
}
