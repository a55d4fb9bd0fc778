import {
	browserSupportsWebAuthnAutofill,
	type AuthenticationResponseJSON,
	type PublicKeyCredentialRequestOptionsJSON
} from '@simplewebauthn/browser';
import { askServer } from './ask-server';
import { abortOpenCeremony, usePasskey, type Performed } from './ceremonies';
import type { Options } from './options.svelte';

/** Challenges live five minutes; a request that waits longer gets a fresh one before that. */
const RENEWAL_MS = 4.5 * 60_000;
/** A request that fails sooner than this was never shown to anyone: nobody failed, and asking again at once would repeat it. */
const INSTANT_MS = 1_000;

/** The autofill request: the browser offers passkeys in the name field, and it waits until someone picks one. */
export class Autofill {
	state = $state<'off' | 'waiting' | 'unavailable'>('off');

	readonly #options: Options;
	readonly #onEnd: (performed: Performed<AuthenticationResponseJSON>) => Promise<void>;
	#turn = 0;
	#renewal: ReturnType<typeof setTimeout> | undefined;

	constructor({
		options,
		onEnd
	}: {
		options: Options;
		/** Someone picked a passkey, or tried to. Not called when nobody touched the request. */
		onEnd: (performed: Performed<AuthenticationResponseJSON>) => Promise<void>;
	}) {
		this.#options = options;
		this.#onEnd = onEnd;
	}

	async arm(): Promise<void> {
		clearTimeout(this.#renewal);
		const turn = ++this.#turn;
		if (!(await browserSupportsWebAuthnAutofill())) {
			this.state = 'unavailable';
			return;
		}
		const asked = await askServer<{ options: PublicKeyCredentialRequestOptionsJSON }>(
			'authentication/options',
			this.#options.authentication()
		);
		if (!asked.ok || turn !== this.#turn) return;
		this.state = 'waiting';
		this.#renewal = setTimeout(() => void this.arm(), RENEWAL_MS);
		const { tampering } = this.#options;
		const performed = await usePasskey({ options: asked.options, autofill: true, tampering });
		if (turn === this.#turn) this.state = 'off';
		const untouched =
			!performed.ok && (performed.error.name === 'AbortError' || performed.elapsedMs < INSTANT_MS);
		if (!untouched) await this.#onEnd(performed);
	}

	/** Ends the waiting request, as when the visitor leaves the page or signs in another way. */
	disarm(): void {
		this.#turn++;
		clearTimeout(this.#renewal);
		if (this.state !== 'waiting') return;
		this.state = 'off';
		abortOpenCeremony();
	}
}
