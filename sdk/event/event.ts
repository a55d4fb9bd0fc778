/**
 * The contract: what an event is. Every SDK in every language speaks this, the collector enforces it,
 * and schema.json beside this file is emitted from it (`npm run schema`).
 *
 * Privacy holds here first: there is no field for a credential id, public key, signature, challenge, user handle,
 * user name, attestation object or address, and fields that are not named here are dropped unread.
 */
import { z } from 'zod';
import { LIMITS } from './limits.ts';
import {
	ATTACHMENTS,
	ATTESTATION_CONVEYANCES,
	CEREMONY_OUTCOMES,
	CEREMONY_TYPES,
	CLIENT_OUTCOMES,
	FALLBACK_REASONS,
	FLOW_PURPOSES,
	MEDIATIONS,
	PROMPT_MODES,
	PROMPT_PURPOSES,
	REQUIREMENTS,
	REVOCATION_REASONS,
	SIGNALS,
	SIGNIN_METHODS,
	SIGNIN_OUTCOMES,
	VERDICT_REASONS
} from './vocabulary.ts';

/** Version of this contract. It rises when a field changes meaning or a required field is added. */
export const SCHEMA_VERSION = 1;

const text = (max: number) => z.string().min(1).max(max);
const slug = z
	.string()
	.regex(
		/^[a-z0-9][a-z0-9._-]{0,63}$/,
		'use lower-case letters, digits, ".", "_" or "-", at most 64'
	);
const count = (max: number) => z.int().min(0).max(max);
const shortList = z.array(text(LIMITS.list_item_length)).max(LIMITS.list_items);
const unixMs = z.int().min(0).max(8.64e15);

/** base64url of a SHA-256, 43 characters: `sha256("passlens:user:" + reference)` or `sha256("passlens:credential:" ‖ id bytes)`. */
const oneWayRef = z
	.string()
	.regex(/^[A-Za-z0-9_-]{43}$/, 'must be a base64url SHA-256 (43 characters)');

/** W3C Trace Context, version 00. */
const traceparent = z
	.string()
	.regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/, 'must be a W3C traceparent, version 00');

const tags = z
	.record(z.string().min(1).max(LIMITS.tag_key_length), z.string().max(LIMITS.tag_value_length))
	.refine((value) => Object.keys(value).length <= LIMITS.tags, {
		message: `at most ${LIMITS.tags} tags`
	});

/** What the page knows of its client beyond the User-Agent header: low-entropy client hints and what tells iPadOS and WebViews apart. */
export const clientSchema = z
	.object({
		/** NavigatorUAData.platform, such as "Windows". Absent outside Chromium. */
		platform: z.string().max(LIMITS.name_length).optional(),
		/** platformVersion: Windows 11 is 13 or above. Absent outside Chromium or when the browser withheld it. */
		platform_version: z.string().max(LIMITS.name_length).optional(),
		brands: z
			.array(
				z.object({
					brand: z.string().max(LIMITS.name_length),
					version: z.string().max(LIMITS.name_length)
				})
			)
			.max(10)
			.optional(),
		mobile: z.boolean().optional(),
		/** navigator.maxTouchPoints: over 1 on a "Macintosh" means iPadOS in desktop mode. */
		max_touch_points: count(256).optional(),
		/** The page runs in a WebView or an app's own browser. */
		in_app_browser: z.boolean().optional()
	})
	.meta({ id: 'client', title: 'Client' });

/** What every event carries. Each may stand in the batch's `context` instead, for all its events. */
export const contextSchema = z
	.object({
		session_id: z.uuid().optional(),
		/** Ties prompts, ceremonies and sign-ins of one attempt together. */
		flow_id: z.uuid().optional(),
		/** Which of the site's applications: "web", "ios", "android", "flutter", "react-native", "webview", or the site's own slug. */
		application: slug.default('web'),
		environment: slug.default('production'),
		release: text(LIMITS.release_length).optional(),
		tags: tags.optional(),
		/** One-way in the sender; keyed-hashed again by the collector before anything is written. */
		user_ref: oneWayRef.optional(),
		traceparent: traceparent.optional(),
		client: clientSchema.optional(),
		/** Made by a simulator, not by a person. Labelled on every page that shows it. */
		synthetic: z.boolean().default(false)
	})
	.meta({ id: 'context', title: 'Context of an event' });

/** What the sender could not tell, or chose not to, since the last event that said so: the part of telemetry that is known to be missing. */
export const omissionsSchema = z
	.object({
		/** Events for which there was no room. */
		dropped_events: count(LIMITS.omissions).optional(),
		/** Autofill requests nobody touched that the page's sampling left out. */
		sampled_out_events: count(LIMITS.omissions).optional(),
		/** Failures inside the SDK, each swallowed. */
		sdk_errors: count(LIMITS.omissions).optional()
	})
	.meta({ id: 'omissions', title: 'What is known to be missing' });

const common = contextSchema.extend({
	/** UUIDv7, made once: a retry sends the same id, and it counts once. */
	id: z.uuidv7(),
	/** When it happened on the sender's clock, Unix epoch in milliseconds. */
	time_unix_ms: unixMs,
	omitted: omissionsSchema.optional()
});

/** How a ceremony was asked: the options the page passed, without the challenge, ids and names. */
export const requestSchema = z
	.object({
		mediation: z.enum(MEDIATIONS).default('optional'),
		/** location.origin of the calling page. */
		origin: z.string().max(LIMITS.origin_length).optional(),
		rp_id: z.string().max(LIMITS.rp_id_length).optional(),
		timeout_ms: count(Number.MAX_SAFE_INTEGER).optional(),
		resident_key: z.enum(REQUIREMENTS).optional(),
		user_verification: z.enum(REQUIREMENTS).optional(),
		requested_attachment: z.enum(ATTACHMENTS).optional(),
		hints: shortList.optional(),
		attestation: z.enum(ATTESTATION_CONVEYANCES).optional(),
		/** allowCredentials: 0 means the request is for discoverable credentials. Authentication only. */
		allow_count: count(LIMITS.descriptor_count).optional(),
		/** Union of the transports named in allowCredentials. */
		allow_transports: shortList.optional(),
		/** excludeCredentials. Registration only. */
		exclude_count: count(LIMITS.descriptor_count).optional(),
		exclude_transports: shortList.optional(),
		/** The site's own prompt that led here. */
		prompt_id: z.uuid().optional()
	})
	.meta({ id: 'request', title: 'How a ceremony was asked' });

/** What the page saw around the call. Evidence for a cause, never a cause by itself. */
export const evidenceSchema = z
	.object({
		focused_at_start: z.boolean().optional(),
		/** The window lost focus while the call was open: a dialog most likely appeared. */
		blurred: z.boolean().optional(),
		/** Milliseconds from the call to the first blur. */
		blurred_after_ms: count(LIMITS.elapsed_ms).optional(),
		/** The page became hidden while the call was open. */
		hidden: z.boolean().optional(),
		/** navigator.userActivation.isActive at the call. */
		user_activation: z.boolean().optional(),
		/** The call's AbortSignal was aborted before it ended. */
		signal_aborted: z.boolean().optional(),
		/** Something other than the browser (an extension, a shim) had replaced the API. */
		api_replaced: z.boolean().optional(),
		/** The page was hidden for good (pagehide) before the call ended. */
		page_left: z.boolean().optional()
	})
	.meta({ id: 'evidence', title: 'What the page saw around the call' });

export const errorSchema = z
	.object({
		/**
		 * error.name, whatever it is: browsers have names outside the specification. For a rejection that is no error object:
		 * "AbortError" when the call's signal was aborted, else its `typeof`. "NoPublicKeyCredential": the call resolved, but with
		 * null, a password or a shim's answer that is no passkey.
		 */
		name: text(LIMITS.error_name_length),
		/** The message with URLs, hosts, numbers and quoted values replaced, so that equal failures have equal signatures. */
		signature: z.string().max(LIMITS.error_signature_length).optional(),
		/** A library's code, such as SimpleWebAuthn's ERROR_CEREMONY_ABORTED. */
		code: z.string().max(LIMITS.name_length).optional()
	})
	.meta({ id: 'error', title: 'How it failed' });

/** What a page can derive from a successful response. A missing field is unknown, not false. */
export const credentialSchema = z
	.object({
		/** Absent where the user consented to anonymous telemetry alone, or the page was left before it was hashed. */
		credential_ref: oneWayRef.optional(),
		authenticator_attachment: z.enum(ATTACHMENTS).optional(),
		/** getTransports(); at registration only. */
		transports: shortList.optional(),
		/** At registration only. The zero AAGUID means unknown. Without attestation it is a claim. */
		aaguid: z
			.string()
			.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
			.optional(),
		/** UP flag. */
		user_present: z.boolean().optional(),
		/** UV flag. A claim: some password managers set it without verifying. */
		user_verified: z.boolean().optional(),
		/** BE flag: may be synced. */
		backup_eligible: z.boolean().optional(),
		/** BS flag: is backed up now. */
		backup_state: z.boolean().optional(),
		sign_count_zero: z.boolean().optional(),
		/** credProps.rk. Safari never tells: unknown there. */
		discoverable: z.boolean().optional(),
		/** COSE algorithm identifier, such as -7. */
		algorithm: z.int().min(-70_000).max(70_000).optional(),
		user_handle_present: z.boolean().optional(),
		/**
		 * Another device signed (hybrid transport). The collector works it out from attachment and transports where the sender
		 * leaves it out; unknown for discoverable sign-ins with a cross-platform authenticator.
		 */
		cross_device: z.boolean().optional()
	})
	.meta({ id: 'credential', title: 'What a response tells' });

const ceremony = common.extend({
	/** UUIDv7, made in the page when the call starts; the server's verdict carries the same. */
	ceremony_id: z.uuidv7(),
	ceremony_type: z.enum(CEREMONY_TYPES)
});

export const capabilitiesEventSchema = common
	.extend({
		type: z.literal('client.capabilities'),
		/** window.PublicKeyCredential exists. */
		webauthn: z.boolean(),
		/** isUserVerifyingPlatformAuthenticatorAvailable(). */
		platform_authenticator: z.boolean().optional(),
		/** isConditionalMediationAvailable(). */
		conditional_mediation: z.boolean().optional(),
		/** getClientCapabilities() as the browser answered it. Absent: the browser has no such call. A missing key means unknown. */
		capabilities: z
			.record(text(LIMITS.name_length), z.boolean())
			.refine((value) => Object.keys(value).length <= LIMITS.capabilities, {
				message: `at most ${LIMITS.capabilities} capabilities`
			})
			.optional()
	})
	.meta({ id: 'client.capabilities', title: 'What this browser can do, once per session' });

const prompt = common.extend({
	/** One offer from shown to answered. */
	prompt_id: z.uuid(),
	purpose: z.enum(PROMPT_PURPOSES),
	mode: z.enum(PROMPT_MODES).default('manual'),
	/** Which showing this is for this user, from 1. */
	showing_number: z.int().min(1).max(10_000).optional(),
	/** Where in the site, such as "after-sign-in". */
	placement: text(LIMITS.name_length).optional()
});

export const promptShownEventSchema = prompt
	.extend({ type: z.literal('prompt.shown') })
	.meta({ id: 'prompt.shown', title: 'The site offered a passkey' });
export const promptAcceptedEventSchema = prompt
	.extend({ type: z.literal('prompt.accepted') })
	.meta({ id: 'prompt.accepted', title: 'The user took the offer' });
export const promptDismissedEventSchema = prompt
	.extend({ type: z.literal('prompt.dismissed') })
	.meta({ id: 'prompt.dismissed', title: 'The user declined the offer' });

export const ceremonyStartedEventSchema = ceremony
	.extend({
		type: z.literal('ceremony.started'),
		request: requestSchema
	})
	.meta({ id: 'ceremony.started', title: 'create() or get() was called' });

export const ceremonyFinishedEventSchema = ceremony
	.extend({
		type: z.literal('ceremony.finished'),
		/** Repeated from the start, so that a finish whose start was lost still explains itself. */
		request: requestSchema,
		outcome: z.enum(CEREMONY_OUTCOMES),
		/** From the call to its end, on the page's monotonic clock. */
		elapsed_ms: count(LIMITS.elapsed_ms),
		evidence: evidenceSchema.default({}),
		error: errorSchema.optional(),
		credential: credentialSchema.optional()
	})
	.refine((event) => event.outcome !== 'error' || event.error !== undefined, {
		path: ['error'],
		message: 'required when outcome is "error"'
	})
	.refine((event) => event.outcome !== 'succeeded' || event.credential !== undefined, {
		path: ['credential'],
		message: 'required when outcome is "succeeded"'
	})
	.meta({ id: 'ceremony.finished', title: 'The call ended' });

/** What the relying party's server decided. Sent by the server. */
export const ceremonyVerdictEventSchema = ceremony
	.extend({
		type: z.literal('ceremony.verdict'),
		verified: z.boolean(),
		/** Required when not verified. */
		reason: z.enum(VERDICT_REASONS).optional(),
		/** The server's message with values replaced, as in error.signature. */
		reason_detail: z.string().max(LIMITS.error_signature_length).optional(),
		/** Attestation statement format as the server read it, such as "packed" or "none". */
		attestation_format: z.string().max(LIMITS.list_item_length).optional(),
		/** What the server itself read from the response. */
		credential: credentialSchema.optional()
	})
	.refine((event) => event.verified || event.reason !== undefined, {
		path: ['reason'],
		message: 'required when verified is false'
	})
	.meta({ id: 'ceremony.verdict', title: 'What the relying party decided' });

const flow = common.extend({ flow_id: z.uuid() });

export const flowStartedEventSchema = flow
	.extend({
		type: z.literal('flow.started'),
		purpose: z.enum(FLOW_PURPOSES),
		/** What the page offers for it. */
		offered_methods: z.array(z.enum(SIGNIN_METHODS)).max(LIMITS.offered_methods).optional()
	})
	.meta({ id: 'flow.started', title: 'A user is about to do something' });
export const flowChosenEventSchema = flow
	.extend({ type: z.literal('flow.chosen'), method: z.enum(SIGNIN_METHODS) })
	.meta({ id: 'flow.chosen', title: 'The user picked a method' });
export const flowReachedEventSchema = flow
	.extend({
		type: z.literal('flow.reached'),
		/** A step of the site's own, such as "code-entered". */
		step: slug
	})
	.meta({ id: 'flow.reached', title: 'The user came to a step' });
export const flowFinishedEventSchema = flow
	.extend({
		type: z.literal('flow.finished'),
		outcome: z.enum(SIGNIN_OUTCOMES),
		/** The method it ended with. */
		method: z.enum(SIGNIN_METHODS).optional(),
		/** Why not with a passkey. */
		fallback_reason: z.enum(FALLBACK_REASONS).optional()
	})
	.meta({ id: 'flow.finished', title: 'The flow is over' });

export const signinFinishedEventSchema = common
	.extend({
		type: z.literal('signin.finished'),
		method: z.enum(SIGNIN_METHODS),
		outcome: z.enum(SIGNIN_OUTCOMES),
		/** Set when the sign-in began with a passkey and ended with another method. */
		fallback_reason: z.enum(FALLBACK_REASONS).optional(),
		/** The passkey ceremony it ended with, or fell back from. */
		ceremony_id: z.uuidv7().optional(),
		elapsed_ms: count(LIMITS.elapsed_ms).optional()
	})
	.meta({ id: 'signin.finished', title: 'A sign-in ended, by any method' });

/** Sent by the server: with a page's public key anybody could mark credentials revoked. */
export const credentialRevokedEventSchema = common
	.extend({
		type: z.literal('credential.revoked'),
		credential_ref: oneWayRef,
		reason: z.enum(REVOCATION_REASONS)
	})
	.meta({ id: 'credential.revoked', title: 'The relying party no longer accepts a credential' });

export const credentialSignalledEventSchema = common
	.extend({
		type: z.literal('credential.signalled'),
		signal: z.enum(SIGNALS),
		/** For `unknown_credential`: the credential it named. */
		credential_ref: oneWayRef.optional(),
		outcome: z.enum(CLIENT_OUTCOMES),
		error: errorSchema.optional()
	})
	.meta({ id: 'credential.signalled', title: 'The Signal API was called' });

export const eventSchema = z.discriminatedUnion('type', [
	capabilitiesEventSchema,
	promptShownEventSchema,
	promptAcceptedEventSchema,
	promptDismissedEventSchema,
	ceremonyStartedEventSchema,
	ceremonyFinishedEventSchema,
	ceremonyVerdictEventSchema,
	flowStartedEventSchema,
	flowChosenEventSchema,
	flowReachedEventSchema,
	flowFinishedEventSchema,
	signinFinishedEventSchema,
	credentialRevokedEventSchema,
	credentialSignalledEventSchema
]);

/** An event as validated: defaults filled in. */
export type PasslensEvent = z.output<typeof eventSchema>;
/** An event as a sender may write it: fields with defaults, and all of the context, may be left out. */
export type PasslensEventInput = z.input<typeof eventSchema>;
export type EventContextInput = z.input<typeof contextSchema>;
export type EventOf<T extends PasslensEvent['type']> = Extract<PasslensEvent, { type: T }>;
export type EventInputOf<T extends PasslensEvent['type']> = Extract<
	PasslensEventInput,
	{ type: T }
>;
export type Omissions = z.output<typeof omissionsSchema>;
export type CeremonyRequest = z.output<typeof requestSchema>;
export type CeremonyEvidence = z.output<typeof evidenceSchema>;
export type CeremonyError = z.output<typeof errorSchema>;
export type CredentialFacts = z.output<typeof credentialSchema>;
export type ClientHints = z.output<typeof clientSchema>;
