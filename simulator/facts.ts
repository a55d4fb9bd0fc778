import type { VerdictReason, SigninMethod, FallbackReason } from '../sdk/event/index.ts';
import type { Blocker } from './world/capabilities.ts';
import type { Browser, ClientEcosystem, Os } from './world/client.ts';
import type { OfferCopy } from './world/people.ts';
import type { LegacyClass, Provider, ProviderId } from './world/providers.ts';

/**
 * What truly happened, written down by the model as it happens: the oracle counts these.
 * They state what an observer can know: a person who dismissed a dialog "cancelled" wherever the browser's answer allows no better reading.
 * Times are true Unix milliseconds, whatever the visitor's clock said.
 */
export type Fact = VisitFact | PromptFact | CeremonyFact | SigninFact | RevocationFact | SignalFact;

export interface ClientFact {
	os: Os;
	browser: Browser;
	ecosystem: ClientEcosystem;
	application: string;
	release: string;
	/** The experiment's variant that the page was served with. */
	offerCopy: OfferCopy;
}

interface CommonFact {
	at: number;
	/** One-way reference of the user; undefined when nothing that was sent names one. */
	user: string | undefined;
	client: ClientFact;
}

export interface VisitFact extends CommonFact {
	kind: 'visit';
	/** The page knew its visitor when it was loaded; otherwise a sign-in names them. */
	named: boolean;
	/** The client can use a passkey. */
	capable: boolean;
	/** What stands in the way of a client that cannot, or does not show that it can. */
	blocker: Blocker | undefined;
	/** The client can make a synced one; undefined when it does not show. */
	syncedCapable: boolean | undefined;
}

export interface PromptFact extends CommonFact {
	kind: 'prompt';
	id: string;
	purpose: 'enroll' | 'upgrade' | 'sign_in';
	mode: 'manual' | 'automatic';
	placement: string;
	showing: number;
	answer: 'accepted' | 'dismissed' | 'none';
}

export type Outcome =
	'succeeded' | 'rejected' | 'cancelled' | 'aborted' | 'failed' | 'abandoned' | 'untouched';

export interface CredentialFact {
	ref: string;
	/** As a registration tells it; undefined of a sign-in. */
	aaguid: string | undefined;
	backupEligible: boolean;
	backedUp: boolean;
	ecosystem: Provider['ecosystem'];
	legacyClass: LegacyClass | undefined;
	/** Its provider, where it answered from another password manager that its person had taken it to: the site sees nothing of that. */
	movedFrom: ProviderId | undefined;
}

export interface CeremonyFact extends CommonFact {
	kind: 'ceremony';
	id: string;
	/** The attempt it was part of, as the page tells it. */
	flow: string;
	type: 'registration' | 'authentication';
	conditional: boolean;
	/** When it was over: the server's verdict, or the page's end. */
	endedAt: number;
	outcome: Outcome;
	/** Cause of the reference's list, for failures; empty otherwise. */
	cause: string;
	/** What the server said; undefined when its verdict never came. */
	verified: boolean | undefined;
	refusal: VerdictReason | undefined;
	/** The client's start reached the collector. */
	startRecord: boolean;
	/** Its visitor was known when it began; otherwise its end names them. */
	named: boolean;
	/** The client's end reached the collector. */
	clientRecord: boolean;
	clientSucceeded: boolean;
	/** What the page measured from call to answer; undefined when its end never reached the collector. */
	elapsedMs: number | undefined;
	/** The site asked for another device (hint "hybrid"). */
	askedForPhone: boolean;
	credential: CredentialFact | undefined;
	crossDevice: boolean;
	promptId: string | undefined;
}

export interface SigninFact extends CommonFact {
	kind: 'signin';
	flow: string;
	method: SigninMethod;
	outcome: 'succeeded' | 'failed' | 'abandoned';
	fallback: FallbackReason | undefined;
	/** From the sign-in page to this end, as the page measured it. */
	elapsedMs: number;
}

export interface RevocationFact extends CommonFact {
	kind: 'revocation';
	credential: string;
}

/** The site told the provider that it does not know this credential. */
export interface SignalFact extends CommonFact {
	kind: 'signal';
	credential: string;
}
