import type { CeremonyRequest, CeremonyType, CredentialFacts } from '../../sdk/event/index.ts';

/**
 * Whether another device signed, where the sender did not say. A local provider reports [hybrid, internal] as `platform`.
 *
 * - At registration the authenticator lists its own transports: `hybrid` is a phone's, `usb`, `nfc` and `ble` a security key's.
 * - At sign-in only what the page knew of the credentials it allowed is known: where all of them are a phone's (`internal` or
 *   `hybrid`), or all a security key's, so was the one that answered.
 */
export function crossDevice({
	credential,
	ceremonyType,
	request
}: {
	credential: CredentialFacts;
	ceremonyType: CeremonyType;
	request?: CeremonyRequest | undefined;
}): boolean | undefined {
	const { cross_device, authenticator_attachment } = credential;
	if (cross_device !== undefined || authenticator_attachment === undefined) return cross_device;
	if (authenticator_attachment === 'platform') return false;
	const registering = ceremonyType === 'registration';
	const transports = (registering ? credential.transports : request?.allow_transports) ?? [];
	if (transports.length === 0) return undefined;
	if (transports.every((transport) => SECURITY_KEY.includes(transport))) return false;
	if (registering) return transports.includes('hybrid') ? true : undefined;
	return transports.every((transport) => !SECURITY_KEY.includes(transport)) ||
		request?.allow_count === 1
		? transports.some((transport) => PHONE.includes(transport)) || undefined
		: undefined;
}

const SECURITY_KEY = ['usb', 'nfc', 'ble', 'smart-card'];
const PHONE = ['internal', 'hybrid'];
