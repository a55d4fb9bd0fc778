import { uuidV7 } from '../common/uuid-v7.ts';
import { recall } from './memory.ts';
import { record } from './record.ts';
import { state } from './state.ts';

/** One session per tab; a page of its own where nothing may be kept. A session that begins here reports once what this browser can do. */
export function startSession(): void {
	if (state.context.session_id || (state.consent === 'full' && recall())) return;
	state.context.session_id = uuidV7();
	void reportCapabilities();
}

async function reportCapabilities(): Promise<void> {
	const api = globalThis.PublicKeyCredential as unknown as Record<string, () => never> | undefined;
	// Each of these is missing somewhere, and may throw or reject; a missing answer is unknown, not false.
	const ask = async (question: string) => {
		try {
			return await api?.[question]?.();
		} catch {
			// Unknown.
		}
	};
	record({
		type: 'client.capabilities',
		webauthn: !!api,
		platform_authenticator: await ask('isUserVerifyingPlatformAuthenticatorAvailable'),
		conditional_mediation: await ask('isConditionalMediationAvailable'),
		capabilities: await ask('getClientCapabilities')
	});
}
