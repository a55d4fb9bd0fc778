import { formatCounted } from '../format/number.ts';

/** What is unusual about the options of a ceremony, from what the event contract holds: plain code, so that each rule is tested alone. */

/** What the rules read: columns of ceremonies_v1, null and empty where nothing was told. */
export interface AskedCeremony {
	ceremony_type: 'registration' | 'authentication';
	mediation: string;
	origin: string;
	rp_id: string;
	timeout_ms: number | null;
	resident_key: string;
	user_verification: string;
	requested_attachment: string;
	hints: readonly string[];
	attestation: string;
	allow_count: number | null;
	allow_transports: readonly string[];
	exclude_count: number | null;
	exclude_transports: readonly string[];
	os_name: string;
	browser_name: string;
	cross_device: boolean | null;
	user_verified: boolean | null;
	cause: string;
}

/** What is known around the ceremony. */
export interface Surroundings {
	/** What the site's prompt was for; empty: none led here. */
	promptPurpose: string;
}

export interface RequestNote {
	/** The option as WebAuthn names it. */
	option: string;
	/** `conflict`: it explains a failure or contradicts itself; `unusual`: it may be meant, and often is not. */
	weight: 'conflict' | 'unusual';
	what: string;
	why: string;
	todo: string;
}

type Rule = (asked: AskedCeremony, around: Surroundings) => RequestNote | undefined;

/** A QR code is read, a phone unlocked, a tunnel opened: under two minutes many do not get there. */
const CROSS_DEVICE_MS = 120_000;
/** WebAuthn Level 3 recommends five to ten minutes, so that people with disabilities have the time they need. */
const RECOMMENDED_MS = 300_000;
const CHROMIUM_LEAST_MS = 10_000;
const FIREFOX_MOST_ALLOWED = 20;
const KEYS = ['usb', 'nfc', 'ble', 'smart-card'];

const registers = ({ ceremony_type }: AskedCeremony) => ceremony_type === 'registration';
const conditional = ({ mediation }: AskedCeremony) => mediation === 'conditional';
const mayCross = ({ hints, allow_transports, cross_device }: AskedCeremony) =>
	hints.includes('hybrid') || allow_transports.includes('hybrid') || cross_device === true;
const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;

const timeout: Rule = (asked) => {
	const { timeout_ms, cause } = asked;
	if (timeout_ms === null || conditional(asked)) return undefined;
	const note = {
		option: 'timeout',
		weight: cause === 'timed_out' ? 'conflict' : 'unusual'
	} as const;
	if (timeout_ms < CHROMIUM_LEAST_MS)
		return {
			...note,
			what: `Only ${seconds(timeout_ms)} are allowed.`,
			why: 'No browser takes it as it stands: Chromium waits 10 s at least, Firefox 15 s; and a dialog can hardly be read in that time.',
			todo: 'Allow five minutes (300000), as WebAuthn recommends.'
		};
	if (mayCross(asked) && timeout_ms < CROSS_DEVICE_MS)
		return {
			...note,
			what: `${seconds(timeout_ms)} are allowed, and another device may have to answer.`,
			why: 'A phone has to be found and unlocked, the QR code read and the connection made: that takes longer than a passkey on this device.',
			todo: 'Allow five minutes (300000) wherever a phone may answer.'
		};
	if (cause === 'timed_out' && timeout_ms < RECOMMENDED_MS)
		return {
			...note,
			what: `${seconds(timeout_ms)} were allowed, and they were not enough.`,
			why: 'WebAuthn recommends five to ten minutes, so that whoever needs more time has it.',
			todo: 'Allow five minutes (300000).'
		};
	return undefined;
};

const noTimeoutInFirefox: Rule = (asked) =>
	asked.timeout_ms === null && asked.browser_name === 'Firefox' && !conditional(asked)
		? {
				option: 'timeout',
				weight: asked.cause === 'timed_out' ? 'conflict' : 'unusual',
				what: 'No timeout is given.',
				why: 'Firefox then gives up after 30 s; the other browsers wait two to ten minutes.',
				todo: 'Give one of two minutes, the most that Firefox takes.'
			}
		: undefined;

const excludeBlocks: Rule = (asked, { promptPurpose }) => {
	if (!registers(asked) || !asked.exclude_count) return undefined;
	const upgrading = promptPurpose === 'upgrade';
	if (asked.cause !== 'already_registered' && !upgrading) return undefined;
	return {
		option: 'excludeCredentials',
		weight: asked.cause === 'already_registered' ? 'conflict' : 'unusual',
		what: `${formatCounted(asked.exclude_count, 'credential')} may not be repeated${upgrading ? ', and the user was to upgrade one' : ''}.`,
		why: 'A device-bound credential that is listed blocks the passkey that would replace it: the browser answers InvalidStateError instead of overwriting it.',
		todo: 'List only credentials that can sync (BE=1), and register under the same user.id.'
	};
};

const verification: Rule = (asked) => {
	const { user_verification, cause, user_verified } = asked;
	const note = { option: 'userVerification', weight: 'conflict' } as const;
	if (cause === 'user_verification_missing' && user_verification !== 'required')
		return {
			...note,
			what: `The page asks for “${user_verification || 'preferred'}”, and the server refuses what came without.`,
			why: 'An authenticator may answer without verifying the user where the request does not require it.',
			todo: 'Ask for what the server checks: “required” on both sides, or on neither.'
		};
	if (user_verification === 'required' && user_verified === false)
		return {
			...note,
			what: 'It is required, and the response says that nobody was verified (UV=0).',
			why: 'The authenticator did not do what it was asked for.',
			todo: 'Have the server refuse such a response.'
		};
	if (user_verification === 'required' && cause === 'user_verification_unavailable')
		return {
			...note,
			what: 'It is required, and this authenticator most likely has none set up.',
			why: 'Security keys without a PIN and devices without a screen lock cannot verify anybody.',
			todo: 'Ask for “preferred” where a second factor or a possession factor is enough.'
		};
	if (registers(asked) && user_verification === 'discouraged' && asked.resident_key === 'required')
		return {
			...note,
			weight: 'unusual',
			what: 'A passkey is asked for, and verification is discouraged.',
			why: 'A passkey that is used without verification is one factor alone: whoever holds the device signs in.',
			todo: 'Ask for “preferred” or “required” where the passkey replaces the password.'
		};
	return undefined;
};

const rpId: Rule = ({ rp_id, origin, cause }) => {
	const url = URL.parse(origin);
	if (!url?.protocol.startsWith('http') || !rp_id) return undefined;
	const host = url.hostname;
	const weight =
		cause === 'rp_id_mismatch' || cause === 'related_origin_failed' ? 'conflict' : 'unusual';
	if (/^[\d.]+$|^\[/.test(host))
		return {
			...{ option: 'rpId', weight: 'conflict' },
			what: `The page is at the address ${host}.`,
			why: 'Passkeys belong to domains; there are none for addresses.',
			todo: 'Serve it under a name; for work on one machine “localhost” is one.'
		};
	if (url.protocol === 'http:' && host !== 'localhost' && !host.endsWith('.localhost'))
		return {
			...{ option: 'origin', weight: 'conflict' },
			what: `The page is at ${origin}, without TLS.`,
			why: 'WebAuthn works on HTTPS and on localhost alone.',
			todo: 'Serve it over HTTPS.'
		};
	if (host === rp_id || host.endsWith(`.${rp_id}`)) return undefined;
	if (rp_id.endsWith(`.${host}`))
		return {
			...{ option: 'rpId', weight: 'conflict' },
			what: `The RP ID ${rp_id} lies below the page’s domain ${host}.`,
			why: 'It has to be the page’s domain or a parent of it, never a domain below.',
			todo: `Use ${host}, or serve the page below ${rp_id}.`
		};
	return {
		...{ option: 'rpId', weight },
		what: `The page at ${host} asks for the passkeys of ${rp_id}.`,
		why: `That works only where the browser supports related origins and https://${rp_id}/.well-known/webauthn lists ${url.origin}.`,
		todo: 'List the origin there, and offer another way where related origins are not supported.'
	};
};

const tooManyForFirefox: Rule = ({ allow_count, browser_name }) =>
	browser_name === 'Firefox' && (allow_count ?? 0) > FIREFOX_MOST_ALLOWED
		? {
				option: 'allowCredentials',
				weight: 'conflict',
				what: `${allow_count} credentials are listed.`,
				why: 'Firefox takes 20 at most, and answers SecurityError to more.',
				todo: 'List the ones used last, or none and let the user choose.'
			}
		: undefined;

const listedInAutofill: Rule = (asked) =>
	!registers(asked) && conditional(asked) && (asked.allow_count ?? 0) > 0
		? {
				option: 'allowCredentials',
				weight: 'unusual',
				what: `Autofill is limited to ${formatCounted(asked.allow_count ?? 0, 'credential')}.`,
				why: 'Autofill proposes discoverable passkeys of whoever is there; a list hides those of other accounts.',
				todo: 'Leave the list empty in conditional requests.'
			}
		: undefined;

const withoutHybrid: Rule = (asked) => {
	const { allow_transports, allow_count, cause, os_name } = asked;
	if (registers(asked) || !allow_count || allow_transports.length === 0) return undefined;
	if (cause !== 'no_credential_here' && cause !== 'user_cancelled') return undefined;
	if (allow_transports.every((transport) => transport === 'internal'))
		return {
			...{ option: 'allowCredentials', weight: 'conflict' },
			what: 'Every listed credential is said to be built in (transports: internal).',
			why: `The browser then offers no phone${os_name === 'Linux' ? ', and Linux has no authenticator of its own' : ''}: whoever holds the passkey on another device cannot reach it.`,
			todo: 'Store what getTransports() gave at registration, unchanged, and pass it on: phones’ passkeys name “hybrid”.'
		};
	if (allow_transports.every((transport) => KEYS.includes(transport)))
		return {
			...{ option: 'allowCredentials', weight: 'unusual' },
			what: 'Only security keys are listed.',
			why: 'The browser asks for a key to be plugged in, and offers neither this device nor a phone.',
			todo: 'Offer another way beside it for whoever has no key at hand.'
		};
	return undefined;
};

const notDiscoverable: Rule = (asked) =>
	registers(asked) && (asked.resident_key === 'discouraged' || asked.resident_key === '')
		? {
				option: 'residentKey',
				weight: 'unusual',
				what: asked.resident_key
					? 'A discoverable credential is discouraged.'
					: 'It is not said whether the credential has to be discoverable.',
				why: 'What is not discoverable shows up in no autofill and in no sign-in without a name: a security key then keeps none.',
				todo: 'Ask for residentKey “required” for a passkey.'
			}
		: undefined;

const attachmentAgainstHints: Rule = ({ requested_attachment, hints, os_name, ceremony_type }) => {
	if (ceremony_type !== 'registration' || !requested_attachment) return undefined;
	const note = { option: 'authenticatorAttachment', weight: 'conflict' } as const;
	if (requested_attachment === 'platform' && os_name === 'Linux')
		return {
			...note,
			what: 'Only this device’s own authenticator is allowed (platform).',
			why: 'Linux has none, and phones and security keys are ruled out.',
			todo: 'Leave authenticatorAttachment out, and say what you prefer in hints.'
		};
	if (
		(requested_attachment === 'platform' &&
			(hints.includes('hybrid') || hints.includes('security-key'))) ||
		(requested_attachment === 'cross-platform' && hints.includes('client-device'))
	)
		return {
			...note,
			what: `It says ${requested_attachment}, and hints say ${hints.join(', ')}.`,
			why: 'Browsers that know hints follow them, the others follow the attachment: the two see different dialogs.',
			todo: 'Make both say the same, or leave the attachment out.'
		};
	return undefined;
};

const attestationAsked: Rule = ({ ceremony_type, attestation }) =>
	ceremony_type === 'registration' && (attestation === 'direct' || attestation === 'enterprise')
		? {
				option: 'attestation',
				weight: 'unusual',
				what: `The authenticator’s statement is asked for (${attestation}).`,
				why: 'Browsers may ask the user for consent first, and synced passkeys mostly give none.',
				todo: 'Ask for “none” unless a policy depends on the make of the authenticator.'
			}
		: undefined;

const RULES: readonly Rule[] = [
	rpId,
	excludeBlocks,
	verification,
	timeout,
	noTimeoutInFirefox,
	withoutHybrid,
	tooManyForFirefox,
	listedInAutofill,
	attachmentAgainstHints,
	notDiscoverable,
	attestationAsked
];

/** What is unusual about a request, what explains a failure first. */
export function requestNotes(asked: AskedCeremony, around: Surroundings): RequestNote[] {
	const notes = RULES.map((rule) => rule(asked, around)).filter((note) => note !== undefined);
	return notes.toSorted(
		(a, b) => Number(b.weight === 'conflict') - Number(a.weight === 'conflict')
	);
}
