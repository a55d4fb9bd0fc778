import type { CeremonyRequest, EventInputOf } from './event.ts';
import type { EventType } from './vocabulary.ts';

const context = {
	session_id: '0197a1c2-5b3e-7c41-9a55-0f6f3c1d2e01',
	flow_id: '0197a1c2-5b3e-7c41-9a55-0f6f3c1d2e02',
	application: 'web',
	environment: 'production',
	release: '2026.11.3',
	user_ref: 'q3Z0bX9vT8e5n2Y1wK4sL7uR6hJ0cD8fGmP5aBxVtE0'
};

const ceremony = {
	...context,
	ceremony_id: '0197a1c2-7d10-7a3b-8f21-6b0a9c4e5d03',
	ceremony_type: 'registration'
} as const;

const prompt = {
	...context,
	prompt_id: '0197a1c2-6a00-7b12-b0c4-2d8e7f901a04',
	purpose: 'upgrade',
	mode: 'manual',
	showing_number: 2,
	placement: 'after-sign-in'
} as const;

const request: CeremonyRequest = {
	mediation: 'optional',
	origin: 'https://shop.example',
	rp_id: 'shop.example',
	timeout_ms: 60_000,
	resident_key: 'required',
	user_verification: 'preferred',
	attestation: 'none',
	exclude_count: 1,
	exclude_transports: ['internal', 'hybrid'],
	prompt_id: prompt.prompt_id
};

const credential_ref = 'Z8h2kQm5rT1xW9yB4vN7cL0pJ3sF6dG_aE8uI-oKqX4';

const credential = {
	credential_ref,
	authenticator_attachment: 'platform',
	user_present: true,
	user_verified: true,
	backup_eligible: true,
	backup_state: true,
	sign_count_zero: true
} as const;

/** One realistic event of every type: documentation that the tests hold to the contract. */
export const EXAMPLES: { [T in EventType]: EventInputOf<T> } = {
	'client.capabilities': {
		...context,
		type: 'client.capabilities',
		id: '0197a1c2-5b40-7000-8000-000000000001',
		time_unix_ms: 1_795_327_200_000,
		client: {
			platform: 'Windows',
			platform_version: '15.0.0',
			brands: [
				{ brand: 'Chromium', version: '156' },
				{ brand: 'Google Chrome', version: '156' }
			],
			mobile: false,
			max_touch_points: 0,
			in_app_browser: false
		},
		webauthn: true,
		platform_authenticator: true,
		conditional_mediation: true,
		capabilities: { conditionalCreate: true, conditionalGet: true, hybridTransport: true }
	},
	'prompt.shown': {
		...prompt,
		type: 'prompt.shown',
		id: '0197a1c2-6a00-7000-8000-000000000002',
		time_unix_ms: 1_795_327_203_000
	},
	'prompt.accepted': {
		...prompt,
		type: 'prompt.accepted',
		id: '0197a1c2-7c80-7000-8000-000000000003',
		time_unix_ms: 1_795_327_207_740
	},
	'prompt.dismissed': {
		...prompt,
		type: 'prompt.dismissed',
		id: '0197a1c2-7c80-7000-8000-000000000004',
		time_unix_ms: 1_795_327_207_740
	},
	'ceremony.started': {
		...ceremony,
		type: 'ceremony.started',
		id: '0197a1c2-7d10-7000-8000-000000000005',
		time_unix_ms: 1_795_327_207_900,
		request
	},
	'ceremony.finished': {
		...ceremony,
		type: 'ceremony.finished',
		id: '0197a1c2-99f0-7000-8000-000000000006',
		time_unix_ms: 1_795_327_215_250,
		request,
		outcome: 'succeeded',
		elapsed_ms: 7350,
		evidence: {
			focused_at_start: true,
			blurred: true,
			blurred_after_ms: 140,
			hidden: false,
			user_activation: true,
			api_replaced: false
		},
		credential: {
			...credential,
			transports: ['internal', 'hybrid'],
			aaguid: 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4',
			discoverable: true,
			algorithm: -7,
			cross_device: false
		}
	},
	'ceremony.verdict': {
		...ceremony,
		type: 'ceremony.verdict',
		id: '0197a1c2-9b00-7000-8000-000000000007',
		time_unix_ms: 1_795_327_215_520,
		traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
		verified: true,
		attestation_format: 'none',
		credential
	},
	'flow.started': {
		...context,
		type: 'flow.started',
		id: '0197a1c2-5b3e-7000-8000-00000000000b',
		time_unix_ms: 1_795_327_199_000,
		purpose: 'sign_in',
		offered_methods: ['passkey', 'password']
	},
	'flow.chosen': {
		...context,
		type: 'flow.chosen',
		id: '0197a1c2-5c00-7000-8000-00000000000c',
		time_unix_ms: 1_795_327_200_500,
		method: 'password'
	},
	'flow.reached': {
		...context,
		type: 'flow.reached',
		id: '0197a1c2-5d00-7000-8000-00000000000d',
		time_unix_ms: 1_795_327_201_000,
		step: 'password-entered'
	},
	'flow.finished': {
		...context,
		type: 'flow.finished',
		id: '0197a1c2-5e00-7000-8000-00000000000e',
		time_unix_ms: 1_795_327_202_000,
		outcome: 'succeeded',
		method: 'password',
		fallback_reason: 'user_choice',
		omitted: { sampled_out_events: 3 }
	},
	'signin.finished': {
		...context,
		type: 'signin.finished',
		id: '0197a1c2-9c00-7000-8000-000000000008',
		time_unix_ms: 1_795_327_215_900,
		method: 'password',
		outcome: 'succeeded',
		fallback_reason: 'no_passkey_here',
		ceremony_id: ceremony.ceremony_id,
		elapsed_ms: 18_400
	},
	'credential.revoked': {
		...context,
		type: 'credential.revoked',
		id: '0197a1c2-a000-7000-8000-000000000009',
		time_unix_ms: 1_795_327_300_000,
		credential_ref,
		reason: 'superseded'
	},
	'credential.signalled': {
		...context,
		type: 'credential.signalled',
		id: '0197a1c2-a100-7000-8000-000000000010',
		time_unix_ms: 1_795_327_300_400,
		signal: 'unknown_credential',
		credential_ref,
		outcome: 'succeeded'
	}
};

/** The same end as many users meet it: dismissed, timed out, or nothing to offer. The browser does not say which. */
export const FAILED_CEREMONY_EXAMPLE: EventInputOf<'ceremony.finished'> = {
	...EXAMPLES['ceremony.finished'],
	id: '0197a1c2-99f0-7000-8000-000000000011',
	outcome: 'error',
	error: {
		name: 'NotAllowedError',
		signature: 'The operation either timed out or was not allowed. See: <url>.'
	},
	credential: undefined
};
