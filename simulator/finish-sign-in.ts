import type { FallbackReason, SigninMethod } from '../sdk/event/index.ts';
import type { CeremonyResult } from './ceremony.ts';
import type { SigninResult } from './sign-in.ts';
import type { Visit } from './visit.ts';
import { canSignal } from './world/capabilities.ts';
import type { HeldCredential } from './world/people.ts';

/** The server judged a response: signed in, or on to another method. */
export function finishPasskey(
	visit: Visit,
	result: CeremonyResult,
	credential: HeldCredential,
	openedAt: number
): SigninResult {
	if (!result.accepted) {
		if (result.refusal === 'credential_unknown') forgetUnknown(visit, credential);
		visit.pass(4);
		return byOtherMethod(visit, openedAt, 'ceremony_failed', result);
	}
	visit.identified = true;
	report(visit, { method: 'passkey', outcome: 'succeeded', openedAt, ceremony: result });
	return { method: 'passkey', credential };
}

/** The site does not know the credential and says so where the browser can pass it on. */
function forgetUnknown(visit: Visit, credential: HeldCredential) {
	visit.person.credentials = visit.person.credentials.filter((held) => held !== credential);
	if (!canSignal(visit.device)) return;
	visit.page({
		type: 'credential.signalled',
		signal: 'unknown_credential',
		credential_ref: credential.ref,
		outcome: 'succeeded'
	});
	visit.facts.push({
		kind: 'signal',
		at: visit.now,
		user: visit.knownUser(),
		client: visit.client,
		credential: credential.ref
	});
}

/** The tab was closed. */
export function giveUp(visit: Visit, openedAt: number, ceremony?: CeremonyResult): SigninResult {
	report(visit, {
		method: 'passkey',
		outcome: 'abandoned',
		openedAt,
		...(ceremony && { ceremony })
	});
	return { method: 'none' };
}

/** Password, one-time code, link or another site's account, as the person is used to. */
export function byOtherMethod(
	visit: Visit,
	openedAt: number,
	fallback?: FallbackReason,
	ceremony?: CeremonyResult
): SigninResult {
	const { random, person } = visit;
	const method = person.habit;
	visit.pass({ password: 11, social: 9, otp: 26, magic_link: 48 }[method]);
	if (method !== 'social' && random.chance(0.06)) {
		report(visit, { method, outcome: 'failed', openedAt });
		visit.pass(9);
	}
	if (random.chance(0.025)) {
		report(visit, { method, outcome: 'abandoned', openedAt });
		return { method: 'none' };
	}
	visit.identified = true;
	report(visit, {
		method,
		outcome: 'succeeded',
		openedAt,
		...(fallback && { fallback }),
		...(ceremony && { ceremony })
	});
	return { method };
}

function report(
	visit: Visit,
	{
		method,
		outcome,
		openedAt,
		fallback,
		ceremony
	}: {
		method: SigninMethod;
		outcome: 'succeeded' | 'failed' | 'abandoned';
		openedAt: number;
		fallback?: FallbackReason;
		ceremony?: CeremonyResult;
	}
) {
	const elapsedMs = visit.now - openedAt;
	visit.page({
		type: 'signin.finished',
		method,
		outcome,
		elapsed_ms: elapsedMs,
		...(fallback && { fallback_reason: fallback }),
		...(ceremony && { ceremony_id: ceremony.id })
	});
	visit.facts.push({
		kind: 'signin',
		flow: visit.flowId,
		at: visit.now,
		user: visit.knownUser(),
		client: visit.client,
		method,
		outcome,
		fallback,
		elapsedMs
	});
}
