import { uuidV7 } from '../common/uuid-v7.ts';
import { record } from './record.ts';
import { state } from './state.ts';

const KEY = 'passlens.session';

/**
 * One session per tab, kept in sessionStorage; in memory where storage is denied. A session that begins here reports once
 * what this browser can do.
 */
export function startSession(): void {
	let id: string | null = null;
	try {
		id = sessionStorage.getItem(KEY);
		if (!id) sessionStorage.setItem(KEY, (id = uuidV7()));
		else return void (state.context.session_id = id);
	} catch {
		// Storage is denied: this page is a session of its own.
	}
	state.context.session_id = id ?? uuidV7();
	void reportCapabilities();
}

async function reportCapabilities(): Promise<void> {
	const time = Date.now();
	const api = (window as { PublicKeyCredential?: typeof PublicKeyCredential }).PublicKeyCredential;
	const ask = async <T>(question: () => Promise<T> | undefined): Promise<T | undefined> => {
		try {
			return await question();
		} catch {
			return undefined;
		}
	};
	// Each of these is missing somewhere; a missing answer is unknown, not false.
	const [platform_authenticator, conditional_mediation, capabilities] = await Promise.all([
		ask(() => api?.isUserVerifyingPlatformAuthenticatorAvailable?.()),
		ask(() => api?.isConditionalMediationAvailable?.()),
		ask(() => api?.getClientCapabilities?.())
	]);
	record(
		{
			type: 'client.capabilities',
			webauthn: !!api,
			platform_authenticator,
			conditional_mediation,
			capabilities:
				capabilities &&
				Object.fromEntries(
					Object.entries(capabilities)
						.filter(([key, value]) => key && key.length <= 64 && typeof value === 'boolean')
						.slice(0, 64)
				)
		},
		time
	);
}
