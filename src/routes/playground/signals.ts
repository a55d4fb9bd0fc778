import { sendSignal } from '@simplewebauthn/browser';

/** The Signal API is young: Chromium 132, Safari 26, not Firefox. A signal that can't be sent is no failure of the site's. */
async function signal(options: Parameters<typeof sendSignal>[0]): Promise<void> {
	try {
		await sendSignal(options);
	} catch {
		// Unsupported, or the provider said no: the passkey stays listed there, and the server still refuses it.
	}
}

/** Tells the browser that this site takes a passkey no longer, so that its provider can hide it. */
export function signalRemoved({ rpId, credentialId }: { rpId: string; credentialId: string }) {
	return signal({ signalName: 'unknownCredential', rpID: rpId, credentialID: credentialId });
}

/** Tells the browser which passkeys of an account are still taken. */
export function signalAccepted({
	rpId,
	userHandle,
	credentialIds
}: {
	rpId: string;
	userHandle: string;
	credentialIds: string[];
}) {
	return signal({
		signalName: 'allAcceptedCredentials',
		rpID: rpId,
		userID: userHandle,
		allAcceptedCredentialIDs: credentialIds
	});
}
