import { identify, init } from '@passlens/sdk';
import { prompt, signIn } from '@passlens/sdk/flows';
import type {
	PublicKeyCredentialCreationOptionsJSON,
	PublicKeyCredentialRequestOptionsJSON
} from '@simplewebauthn/browser';
import type { AccountView, CredentialView } from '$lib/server/playground/account-view';
import type { ShownVerdict } from '$lib/server/playground/verdicts';
import { askServer, type ServerAnswer } from './ask-server';
import { Autofill } from './autofill.svelte';
import { createPasskey, usePasskey, type Performed } from './ceremonies';
import { describeCredential, offerFor, withUpgrade } from './describe-account';
import { Offers } from './offers.svelte';
import { Options } from './options.svelte';

/** Fetched when there is something to tell the browser: most visits have nothing. */
const signals = () => import('./signals');

export interface Status {
	tone: 'neutral' | 'good' | 'bad';
	text: string;
}

interface Telemetry {
	endpoint: string;
	ingestKey: string;
}

/** The playground's site as its page sees it: who is signed in, what just happened, and what a visitor can do. */
export class Site {
	readonly options = new Options();
	account = $state<AccountView | null>(null);
	status = $state<Status>({ tone: 'neutral', text: 'Nothing has happened yet.' });
	/** An action is under way, or the page has not started yet. */
	busy = $state(true);
	readonly offers = new Offers();
	/** Legacy credentials that an upgrade left behind: the visitor decides. */
	retirable = $state<CredentialView[]>([]);
	readonly autofill = new Autofill({
		options: this.options,
		onEnd: (performed) =>
			this.#run(() => this.#finishSignIn(performed, 'Signed in with a passkey from autofill.'))
	});

	readonly #rpId: string;
	readonly #telemetry: Telemetry | null;
	readonly #onVerdict: (verdict: ShownVerdict) => void;
	/** A passkey attempt that came to nothing: a password sign-in after it is a fallback. */
	#failedAttempt: Pick<Parameters<typeof signIn>[0], 'fallbackReason' | 'ceremonyId'> | null = null;

	constructor({
		rpId,
		account,
		telemetry,
		onVerdict
	}: {
		rpId: string;
		account: AccountView | null;
		telemetry: Telemetry | null;
		onVerdict: (verdict: ShownVerdict) => void;
	}) {
		this.#rpId = rpId;
		this.#onVerdict = onVerdict;
		this.account = account;
		this.#telemetry = telemetry;
	}

	/** To be called in the browser, once. This is all the instrumentation a site needs; the rest adds to it. */
	start(): void {
		if (this.#telemetry) {
			const { endpoint, ingestKey } = this.#telemetry;
			init({ endpoint, projectKey: ingestKey });
		}
		void identify(this.account?.id ?? null);
		this.busy = false;
		this.#rearm();
	}

	/** Turns autofill on or off. */
	setAutofill = (on: boolean): void => {
		this.options.autofill = on;
		this.#rearm();
	};

	/** Makes an account; without a password its first passkey is created right away. */
	signUp = (username: string, password: string) =>
		this.#run(async () => {
			const answer = await askServer('sign-up', { username, ...(password && { password }) });
			if (!(await this.#accept(answer))) return;
			this.#failedAttempt = null;
			if (!password) return this.#register('add');
			// The account is entered by the password that was just set: the old way, which a passkey may replace.
			signIn({ method: 'password' });
			this.#say('good', `Account “${username}” is made, and you are signed in to it.`);
			if (this.account) await this.offers.show(this.account, 'after-sign-up');
		});

	signInByPassword = (username: string, password: string) =>
		this.#run(async () => {
			const answer = await askServer('sign-in', { username, password });
			if (!(await this.#accept(answer))) {
				const wrong = !answer.ok && answer.code === 'password_wrong';
				if (wrong) signIn({ method: 'password', outcome: 'failed' });
				return;
			}
			signIn({ method: 'password', ...this.#failedAttempt });
			this.#failedAttempt = null;
			this.#say('good', 'Signed in by password.');
			await this.#afterPasswordSignIn();
		});

	/** Signs in with a passkey: of the named account, or, without a name, whichever the visitor picks. */
	signInByPasskey = ({
		username,
		abortAfterMs
	}: { username?: string; abortAfterMs?: number } = {}) =>
		this.#run(async () => {
			const asked = await askServer<{ options: PublicKeyCredentialRequestOptionsJSON }>(
				'authentication/options',
				this.options.authentication(username)
			);
			if (!asked.ok) {
				if (asked.code === 'no_passkey')
					this.#failedAttempt = { fallbackReason: 'no_passkey_here' };
				return this.#say('bad', asked.message);
			}
			const { tampering } = this.options;
			const performed = await usePasskey({ options: asked.options, tampering, abortAfterMs });
			await this.#finishSignIn(performed, 'Signed in with a passkey.');
		});

	addPasskey = ({ abortAfterMs }: { abortAfterMs?: number } = {}) =>
		this.#run(() => this.#register('add', { abortAfterMs }));

	upgrade = () => this.#run(() => this.#register('upgrade'));

	acceptOffer = () =>
		this.#run(async () => {
			const purpose = this.offers.accept();
			if (purpose) await this.#register(purpose === 'upgrade' ? 'upgrade' : 'add');
		});

	dismissOffer = (): void => {
		this.offers.dismiss();
		this.#say('neutral', 'Not now. The site offers it again after your next sign-in.');
	};

	remove = (credential: CredentialView, reason: 'user_removed' | 'superseded' = 'user_removed') =>
		this.#run(async () => {
			const answer = await askServer('credentials/remove', { id: credential.id, reason });
			if (!(await this.#accept(answer))) return;
			this.retirable = this.retirable.filter(({ id }) => id !== credential.id);
			if (this.options.signal)
				await (await signals()).signalRemoved({ rpId: this.#rpId, credentialId: credential.id });
			this.#say(
				'good',
				`Passkey ${credential.number} is ${reason === 'superseded' ? 'retired' : 'removed'}: this server takes it no longer.`
			);
		});

	keepLegacy = (): void => {
		this.retirable = [];
		this.#say('neutral', 'The legacy credential stays in use beside the new passkey.');
	};

	signOut = () =>
		this.#run(async () => {
			if (!(await this.#accept(await askServer('sign-out')))) return;
			this.#say('neutral', 'Signed out.');
		});

	deleteAccount = () =>
		this.#run(async () => {
			const { userHandle = '', username = '' } = this.account ?? {};
			if (!(await this.#accept(await askServer('account/delete')))) return;
			if (this.options.signal)
				await (await signals()).signalAccepted({ rpId: this.#rpId, userHandle, credentialIds: [] });
			this.#say('neutral', `Account “${username}” and its passkeys are deleted.`);
		});

	async #afterPasswordSignIn(): Promise<void> {
		if (this.options.automatic && this.account && offerFor(this.account) === 'enroll') {
			prompt.shown({ purpose: 'enroll', mode: 'automatic', placement: 'after-sign-in' });
			// Not awaited: it is silent, and where it isn't possible it takes its whole timeout to say so.
			void this.#register('add', { automatic: true });
			return;
		}
		if (this.account) await this.offers.show(this.account, 'after-sign-in');
	}

	async #register(
		purpose: 'add' | 'upgrade',
		{
			automatic = false,
			abortAfterMs
		}: { automatic?: boolean; abortAfterMs?: number | undefined } = {}
	): Promise<void> {
		const asked = await askServer<{ options: PublicKeyCredentialCreationOptionsJSON }>(
			'registration/options',
			this.options.registration(purpose, { conditional: automatic })
		);
		if (!asked.ok) return this.#say('bad', asked.message);
		const { tampering } = this.options;
		const { options } = asked;
		const performed = await createPasskey({ options, automatic, tampering, abortAfterMs });
		if (!performed.ok) {
			// Nobody asked for an automatic one, and its end may come a minute later, amid something else.
			if (automatic) return;
			return this.#sayWhy('No passkey was created.', performed.error);
		}

		const { ceremonyId, response } = performed;
		const before = this.account?.credentials ?? [];
		const answer = await askServer<{ credentialId: string; replacedIds: string[] }>(
			'registration/verify',
			{ ceremonyId, response }
		);
		if (!(await this.#accept(answer)) || !answer.ok) return;
		this.offers.drop();
		const created = answer.account?.credentials.find(({ id }) => id === answer.credentialId);
		const replaced = before.filter(({ id }) => answer.replacedIds.includes(id));
		if (created) this.#say('good', describeCredential({ created, replaced }));
		if (purpose === 'upgrade' && created)
			this.retirable = withUpgrade({ created, credentials: answer.account?.credentials ?? [] });
	}

	async #finishSignIn(performed: Performed<object>, success: string): Promise<void> {
		const { ceremonyId } = performed;
		const attempt = {
			fallbackReason: 'ceremony_failed' as const,
			...(ceremonyId && { ceremonyId })
		};
		if (!performed.ok) {
			this.#failedAttempt = attempt;
			return this.#sayWhy('Not signed in.', performed.error);
		}
		const { response, elapsedMs } = performed;
		const answer = await askServer('authentication/verify', { ceremonyId, response });
		if (!(await this.#accept(answer))) {
			const unknown = !answer.ok && answer.code.startsWith('credential_');
			this.#failedAttempt = { ...attempt, ...(unknown && { fallbackReason: 'no_passkey_here' }) };
			if (unknown && this.options.signal)
				await (
					await signals()
				).signalRemoved({ rpId: this.#rpId, credentialId: (response as { id: string }).id });
			return;
		}
		this.#failedAttempt = null;
		signIn({ method: 'passkey', elapsedMs, ...(ceremonyId && { ceremonyId }) });
		this.#say('good', success);
		if (this.account) await this.offers.show(this.account, 'after-sign-in');
	}

	/** Takes over what the server answered: the account as it now is, or why not. */
	async #accept(answer: ServerAnswer<unknown>): Promise<boolean> {
		if (answer.verdict) this.#onVerdict(answer.verdict);
		if (!answer.ok) {
			this.#say('bad', answer.message);
			return false;
		}
		if (answer.account?.id !== this.account?.id) {
			this.offers.drop();
			this.retirable = [];
			await identify(answer.account?.id ?? null);
		}
		this.account = answer.account;
		return true;
	}

	/** One action at a time; autofill waits again afterwards, as long as nobody is signed in. */
	async #run(action: () => Promise<void>): Promise<void> {
		if (this.busy) return;
		this.busy = true;
		try {
			await action();
		} finally {
			this.busy = false;
		}
		this.#rearm();
	}

	/** Autofill waits while nobody is signed in and the visitor wants it. */
	#rearm(): void {
		if (this.account || !this.options.autofill) this.autofill.disarm();
		else if (this.autofill.state === 'off') void this.autofill.arm();
	}

	#say(tone: Status['tone'], text: string): void {
		this.status = { tone, text };
	}

	async #sayWhy(what: string, error: Error): Promise<void> {
		const { explainError } = await import('./explain-error');
		this.#say('bad', `${what} ${explainError(error)}`);
	}
}
