import type { AuthenticationWish, RegistrationWish } from '$lib/server/playground/wire';
import type { Tampering } from './ceremonies';

type Hint = RegistrationWish['hints'][number];

/** What the visitor set in “Options for the next ceremony”. */
export class Options {
	userVerification = $state<RegistrationWish['userVerification']>('preferred');
	attachment = $state<'' | NonNullable<RegistrationWish['attachment']>>('');
	residentKey = $state<RegistrationWish['residentKey']>('required');
	attestation = $state<RegistrationWish['attestation']>('none');
	timeoutMs = $state<number | null>(null);
	hints = $state<Hint[]>([]);
	excludeAll = $state(false);
	/** Offer passkeys in the name field. Off by `?autofill=off`, which a bookmark or a test can open at once. */
	autofill = $state(true);
	/** Try a conditional create right after a password sign-in. */
	automatic = $state(false);
	/** Tell the browser about removed passkeys (Signal API). */
	signal = $state(true);
	tampering = $state<Tampering>('none');

	registration(
		purpose: RegistrationWish['purpose'],
		{ conditional = false } = {}
	): Partial<RegistrationWish> {
		return {
			...this.#shared(),
			purpose,
			conditional,
			residentKey: this.residentKey,
			attestation: this.attestation,
			excludeAll: this.excludeAll,
			...(this.attachment && { attachment: this.attachment })
		};
	}

	authentication(username?: string): Partial<AuthenticationWish> {
		return { ...this.#shared(), ...(username && { username }) };
	}

	#shared() {
		return {
			userVerification: this.userVerification,
			hints: [...this.hints],
			...(this.timeoutMs && { timeoutMs: this.timeoutMs })
		};
	}
}
