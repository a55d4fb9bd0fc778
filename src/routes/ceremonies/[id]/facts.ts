import type { Fact } from '$lib/components/fact-list.svelte';
import { countryName } from '$lib/format/country-names.ts';
import { LEGACY_CLASSES } from '$lib/format/upgrade-names.ts';
import { ECOSYSTEM_NAMES } from '$lib/format/names.ts';
import { formatDuration } from '$lib/format/number.ts';
import { algorithmName, mediationName, transportName } from '$lib/format/webauthn-names.ts';
import type { Ecosystem } from '$lib/filters.ts';
import type { CeremonyDetail } from '$lib/server/queries/ceremony-detail.ts';

const ZERO_UUID = '00000000-0000-0000-0000-000000000000';

const listed = (words: readonly string[]) => words.map(transportName).join(', ');
const ecosystem = (word: string) => ECOSYSTEM_NAMES[word as Ecosystem] ?? word;

/** How it was asked: the options of the page's call, without the challenge, ids and names. */
export function requestFacts(c: CeremonyDetail): Fact[] {
	const registration = c.ceremony_type === 'registration';
	return [
		{ label: 'Site', term: 'rpId', value: c.rp_id },
		{ label: 'Page’s origin', term: 'origin', value: c.origin },
		{ label: 'How it was asked', term: `mediation: ${c.mediation}`, value: mediationName(c) },
		{
			label: 'Time allowed',
			term: 'timeout',
			value: c.timeout_ms === null ? null : formatDuration(c.timeout_ms)
		},
		{ label: 'User verification', term: 'userVerification', value: c.user_verification },
		...(registration
			? [
					{ label: 'Keep a passkey', term: 'residentKey', value: c.resident_key },
					{
						label: 'Where to keep it',
						term: 'authenticatorAttachment',
						value: c.requested_attachment
					},
					{ label: 'Attestation', term: 'attestation', value: c.attestation },
					{
						label: 'Credentials not to repeat',
						term: 'excludeCredentials',
						value: c.exclude_count,
						...(c.exclude_transports.length > 0 && { note: listed(c.exclude_transports) })
					}
				]
			: [
					{
						label: 'Credentials allowed',
						term: 'allowCredentials',
						value: c.allow_count === 0 ? 'Any passkey of the site (empty)' : c.allow_count,
						...(c.allow_transports.length > 0 && { note: listed(c.allow_transports) })
					}
				]),
		{ label: 'Hints', term: 'hints', value: c.hints.join(', ') }
	];
}

/** What the page saw around its call. */
export function observedFacts(c: CeremonyDetail): Fact[] {
	return [
		{ label: 'Page had the focus at the call', value: c.focused_at_start },
		{ label: 'A click or key press led to it', term: 'userActivation', value: c.user_activation },
		{
			label: 'Window lost the focus',
			term: 'blur: a dialog most likely appeared',
			value: c.blurred,
			...(c.blurred_after_ms !== null && { note: `after ${formatDuration(c.blurred_after_ms)}` })
		},
		{ label: 'Page was hidden meanwhile', value: c.hidden },
		{ label: 'Page was left before the end', value: c.page_left },
		{ label: 'Page aborted it', term: 'AbortSignal', value: c.signal_aborted },
		{
			label: 'API replaced by an extension or script',
			term: 'navigator.credentials',
			value: c.api_replaced
		}
	];
}

/** What the response told of the credential, beside its flags. A sign-in tells less: the rest is in the ledger. */
export function credentialFacts(c: CeremonyDetail): Fact[] {
	const registration = c.ceremony_type === 'registration';
	return [
		...(registration
			? [
					{
						label: 'Provider claimed',
						term: 'from the AAGUID',
						value: c.provider,
						provider: c.provider,
						...(c.test_authenticator && { note: 'A virtual authenticator: test traffic.' })
					},
					{ label: 'AAGUID', value: c.aaguid, mono: true }
				]
			: []),
		{ label: 'Ecosystem', value: c.credential_ecosystem && ecosystem(c.credential_ecosystem) },
		{
			label: 'Signed by another device',
			term: 'cross-device, hybrid transport',
			value: c.cross_device
		},
		{ label: 'Attachment', term: 'authenticatorAttachment', value: c.authenticator_attachment },
		...(registration
			? [
					{ label: 'Ways to reach it', term: 'transports', value: listed(c.transports) },
					{
						label: 'Found without its id',
						term: 'discoverable: credProps.rk',
						value: c.discoverable
					},
					{ label: 'Algorithm', term: 'COSE', value: algorithmName(c.algorithm) },
					{ label: 'Attestation statement', term: 'fmt', value: c.attestation_format }
				]
			: [
					{ label: 'User handle in the response', term: 'userHandle', value: c.user_handle_present }
				]),
		{ label: 'Signature counter is zero', term: 'signCount', value: c.sign_count_zero },
		{ label: 'Legacy class', value: LEGACY_CLASSES[c.legacy_class]?.name ?? c.legacy_class }
	];
}

/** On what it ran. */
export function deviceFacts(c: CeremonyDetail): Fact[] {
	return [
		{ label: 'System', value: [c.os_name, c.os_version].filter(Boolean).join(' ') },
		{ label: 'Browser', value: [c.browser_name, c.browser_version].filter(Boolean).join(' ') },
		{ label: 'Device', value: c.device_type },
		{ label: 'Ecosystem', value: c.client_ecosystem && ecosystem(c.client_ecosystem) },
		{ label: 'Country', value: c.country && countryName(c.country) },
		{ label: 'Inside an app', term: 'WebView', value: c.in_app_browser },
		{ label: 'Application', value: c.application },
		{ label: 'Environment', value: c.environment },
		{ label: 'Release', value: c.release },
		{
			label: 'Clock',
			term: 'received minus sent',
			value: c.clock_skew_ms === null ? null : formatDuration(c.clock_skew_ms)
		}
	];
}

/** Under which ids it is found elsewhere. */
export function idFacts(c: CeremonyDetail, traceHref: string | undefined): Fact[] {
	const id = (value: string) => (value === ZERO_UUID ? '' : value);
	return [
		{ label: 'Ceremony', value: c.ceremony_id, mono: true },
		{
			label: 'Trace',
			term: 'W3C trace id',
			value: c.trace_id,
			mono: true,
			...(traceHref && { href: traceHref })
		},
		{ label: 'Session', value: id(c.session_id), mono: true },
		{ label: 'Flow', value: id(c.flow_id), mono: true },
		{ label: 'Prompt', value: id(c.prompt_id), mono: true },
		{ label: 'SDK', value: c.sdk_version }
	];
}
