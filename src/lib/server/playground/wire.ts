import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';

/** What travels between the page and its server. The options a visitor may ask for are WebAuthn's own of that name. */
const shared = {
	userVerification: z.enum(['required', 'preferred', 'discouraged']).default('preferred'),
	timeoutMs: z.int().min(1).max(600_000).optional(),
	hints: z
		.array(z.enum(['security-key', 'client-device', 'hybrid']))
		.max(3)
		.default([])
};

export const registrationWish = z.object({
	...shared,
	/** `upgrade` asks for a passkey in place of a legacy credential. */
	purpose: z.enum(['add', 'upgrade']).default('add'),
	attachment: z.enum(['platform', 'cross-platform']).optional(),
	residentKey: z.enum(['required', 'preferred', 'discouraged']).default('required'),
	attestation: z.enum(['none', 'direct']).default('none'),
	/** List every credential in excludeCredentials, also those that an upgrade would overwrite. */
	excludeAll: z.boolean().default(false),
	/** The page will call create() with `mediation: "conditional"`. */
	conditional: z.boolean().default(false)
});

export const authenticationWish = z.object({
	...shared,
	/** Absent: any discoverable credential of this relying party. */
	username: z.string().max(64).optional()
});

export type RegistrationWish = z.output<typeof registrationWish>;
export type AuthenticationWish = z.output<typeof authenticationWish>;

const base64url = z.string().max(20_000);

const ceremonyAnswer = {
	/** Passlens' id of the ceremony, so that the verdict finds it. Absent when the page runs without the SDK. */
	ceremonyId: z.uuid().optional()
};

/** What `create()` gave, as JSON. What is inside is the verifier's business; only the frame is checked here. */
export const registrationAnswer = z.object({
	...ceremonyAnswer,
	response: framed<RegistrationResponseJSON>(
		z.looseObject({ clientDataJSON: base64url, attestationObject: base64url })
	)
});

/** What `get()` gave, as JSON. */
export const authenticationAnswer = z.object({
	...ceremonyAnswer,
	response: framed<AuthenticationResponseJSON>(
		z.looseObject({
			clientDataJSON: base64url,
			authenticatorData: base64url,
			signature: base64url
		})
	)
});

function framed<ResponseJSON>(response: z.ZodType) {
	return z
		.looseObject({
			id: z.string().min(1).max(1400),
			rawId: z.string().min(1).max(1400),
			type: z.string(),
			clientExtensionResults: z.looseObject({}).default({}),
			response
		})
		.transform((value) => value as unknown as ResponseJSON);
}
