import type { FailureCause } from '../../collector/domain/classify-failure.ts';
import type { VerdictReason } from '../../sdk/event/index.ts';
import { SYNCED_PLATFORM, type VirtualAuthenticatorOptions } from './browser.ts';

export type Cause = FailureCause | VerdictReason;

/** A failing call, and what its page must say of it. */
export interface PageRow {
	cause: FailureCause;
	confidence: 'certain' | 'likely' | 'possible';
	outcome: 'failed' | 'cancelled' | 'aborted' | 'untouched';
	/** Why the call ends so. */
	how: string;
	browser: 'chromium' | 'firefox';
	/** The page's own script: a promise of the id of the ceremony that fails. `meet` gives that of one call. */
	script: string;
	authenticator?: VirtualAuthenticatorOptions;
	/** Where the page is; the site's root unless given. `address`: the same by its IP address. `forbidden`: under a policy against WebAuthn. */
	at?: 'address' | 'forbidden';
	/** Firefox: no authenticator, so that a request stays open; or the page is behind another tab. */
	firefox?: 'nothing there' | 'behind another tab';
}

/** Another relying party's id: its list of related origins does not name the site. */
export const STRANGER = 'stranger.test';

const NO_TOUCH = { ...SYNCED_PLATFORM, automaticPresenceSimulation: false };
const KEY_WITHOUT_VERIFICATION: VirtualAuthenticatorOptions = {
	...{ protocol: 'ctap2', transport: 'usb', automaticPresenceSimulation: true },
	...{ hasResidentKey: false, hasUserVerification: false, isUserVerified: false }
};

const failed = { outcome: 'failed', browser: 'chromium' } as const;
const aborted = { outcome: 'aborted' } as const;
const get = (options: string, beside = '') =>
	`meet(() => navigator.credentials.get({ publicKey: request(${options})${beside} }))`;
const create = (options: string, beside = '') =>
	`meet(() => navigator.credentials.create({ publicKey: creation(${options})${beside} }))`;

export const PAGE_ROWS: PageRow[] = [
	{
		...{ cause: 'user_cancelled', confidence: 'likely', browser: 'chromium', outcome: 'cancelled' },
		how: 'focus goes from the page while the request is open, as to a dialog, and it ends before time is over',
		authenticator: NO_TOUCH,
		script: `(async () => {
			const frame = document.body.appendChild(document.createElement('iframe'));
			const id = ${get('{ timeout: 1500 }')};
			frame.contentWindow.focus();
			return id;
		})()`
	},
	{
		...{ ...failed, cause: 'timed_out', confidence: 'likely' },
		how: 'nobody touches the authenticator until Chromium’s least time is over',
		authenticator: NO_TOUCH,
		script: get('{ timeout: 10000 }')
	},
	{
		...{ ...failed, cause: 'no_credential_here', confidence: 'possible' },
		how: 'the authenticator holds no passkey of the site',
		script: get(`{ userVerification: 'preferred' }`)
	},
	{
		...{ ...failed, cause: 'no_credential_here', confidence: 'likely' },
		how: 'an immediate request finds nothing',
		script: get('{}', `, uiMode: 'immediate'`)
	},
	{
		...{ ...failed, cause: 'already_registered', confidence: 'certain' },
		how: 'the authenticator holds what is excluded',
		script: `navigator.credentials.create({ publicKey: creation() }).then((held) =>
			${create(`{ excludeCredentials: [{ type: 'public-key', id: held.rawId }] }`)})`
	},
	{
		...{ cause: 'not_focused', confidence: 'certain', outcome: 'failed', browser: 'firefox' },
		how: 'the page asks from behind another tab',
		firefox: 'behind another tab',
		script: get('{}')
	},
	{
		...{ ...failed, cause: 'permissions_policy', confidence: 'certain' },
		how: 'the page’s policy takes WebAuthn away',
		at: 'forbidden',
		script: get('{}')
	},
	{
		...{ ...failed, cause: 'rp_id_mismatch', confidence: 'certain' },
		how: 'the page stands at an address, which can have no passkeys',
		at: 'address',
		script: get('{}')
	},
	{
		...{ ...failed, cause: 'related_origin_failed', confidence: 'certain' },
		how: 'the other relying party’s list does not name the site',
		script: get(`{ rpId: '${STRANGER}' }`)
	},
	{
		...{ ...failed, cause: 'user_verification_unavailable', confidence: 'possible' },
		how: 'the authenticator cannot verify anybody, and the request requires it',
		authenticator: KEY_WITHOUT_VERIFICATION,
		script: create(`{ authenticatorSelection: { userVerification: 'required' } }`)
	},
	{
		...{ ...failed, cause: 'request_pending', confidence: 'certain' },
		how: 'the page asks while its first request is open',
		authenticator: NO_TOUCH,
		script: `(() => {
			navigator.credentials.get({ publicKey: request() }).catch(() => undefined);
			return ${get('{}')};
		})()`
	},
	{
		...{ ...aborted, cause: 'aborted_by_page', confidence: 'certain', browser: 'chromium' },
		how: 'the page’s own AbortSignal ends it',
		authenticator: NO_TOUCH,
		script: get('{}', ', signal: AbortSignal.timeout(300)')
	},
	{
		...{ ...aborted, cause: 'superseded', confidence: 'likely', browser: 'firefox' },
		how: 'the page asks again, and Firefox ends the first request',
		firefox: 'nothing there',
		script: `(async () => {
			const first = ${get('{}')};
			const stop = new AbortController();
			const second = navigator.credentials.get({ publicKey: request(), signal: stop.signal }).catch(() => undefined);
			const id = await first;
			stop.abort();
			await second;
			return id;
		})()`
	},
	{
		...{ ...failed, cause: 'extension_interfered', confidence: 'possible' },
		how: 'something else answers in the browser’s place, and refuses',
		script: `(() => {
			navigator.credentials.get = async () => { throw new DOMException('No.', 'NoSuchVaultError'); };
			return ${get('{}')};
		})()`
	},
	{
		...{ ...failed, cause: 'invalid_options', confidence: 'certain' },
		how: 'the user id is longer than 64 bytes',
		script: create(`{ user: { id: new Uint8Array(65), name: 'x', displayName: 'x' } }`)
	},
	{
		...{ cause: 'conditional_not_eligible', confidence: 'likely', browser: 'firefox' },
		outcome: 'untouched',
		how: 'Firefox makes no passkey by itself',
		script: create('{}', `, mediation: 'conditional'`)
	},
	{
		...{ cause: 'conditional_not_eligible', confidence: 'likely', browser: 'chromium' },
		outcome: 'untouched',
		how: 'Chromium makes no passkey by itself where no password was just used',
		script: create('{ timeout: 1500 }', `, mediation: 'conditional'`)
	},
	{
		...{ ...failed, cause: 'unknown', confidence: 'possible' },
		how: 'the key keeps no passkey, which the browser tells with its one error for everything',
		authenticator: KEY_WITHOUT_VERIFICATION,
		script: create(
			`{ authenticatorSelection: { residentKey: 'required', userVerification: 'discouraged' } }`
		)
	}
];

/** Why no row brings a cause about: what a browser under automation cannot do, or tells of by another name. */
export const NOT_PRODUCED: Partial<Record<Cause, string>> = {
	algorithm_unsupported:
		'Chromium and Firefox answer with the one error that serves for every refusal, whatever algorithms are asked for. Only libraries tell it.',
	insecure_context:
		'On an insecure page there is no navigator.credentials, so there is no call that could fail.',
	resident_key_unavailable:
		'Chromium and Firefox answer with the one error that serves for every refusal: told as unknown, as a row shows. Only Safari and libraries tell it.',
	hybrid_transport_failed: 'A virtual phone is reached without Bluetooth, so it always connects.',
	authenticator_error: 'A virtual authenticator has no fault of its own to report.'
};
