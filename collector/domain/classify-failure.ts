import type { FAILURE_CAUSES } from '../../sdk/common/failure-causes.ts';
import type { CeremonyError, CeremonyEvidence, CeremonyRequest } from '../../sdk/event/index.ts';
import { effectiveTimeout } from './effective-timeout.ts';
import { FAILURE_RULES } from './failure-rules.ts';
import type { Platform } from './platform.ts';

/**
 * Rises whenever a rule changes: the ceremony's row keeps what the newest version said, and `npm run reclassify` asks the
 * rules again about everything that an older one classified.
 */
export const CLASSIFIER_VERSION = 3;

export const CONFIDENCES = ['certain', 'likely', 'possible'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

export type FailureCause = (typeof FAILURE_CAUSES)[number];

/** What a page told of a ceremony that ended in an error. */
export interface Failure {
	error: CeremonyError;
	ceremonyType: 'registration' | 'authentication';
	request: CeremonyRequest;
	evidence: CeremonyEvidence;
	elapsedMs: number;
	platform: Platform;
}

/** The same, put so that rules can ask. */
export interface FailureFacts extends Failure {
	name: string;
	/** The message in lower case with straight quotes. */
	message: string;
	registering: boolean;
	conditional: boolean;
	/** How long the client waits before it gives up by itself; undefined when unknown. */
	timeoutMs: number | undefined;
	/** Over within a second, and the page neither lost focus nor was hidden: nothing was shown to the user. */
	noDialog: boolean;
	/** The page lost focus or was hidden: most likely a dialog appeared. */
	dialog: boolean;
}

export interface Classification {
	cause: FailureCause;
	confidence: Confidence;
	/** In words, most telling first. */
	evidence: string[];
	/** Id of the rule that applied; empty: none knew the error, and an operator may name it. */
	rule: string;
}

/** An error as the operator named it, for every ceremony that ends with just this one. */
export interface NamedSignature {
	cause: FailureCause;
	confidence: Confidence;
	/** Why, in the operator's words; may be empty. */
	note: string;
}

/**
 * The probable cause of a failed ceremony: what the operator called this very error, or else the first rule of the table that
 * applies. Browsers overload NotAllowedError on purpose, so most answers are probable, and all come with what they rest on.
 */
export function classifyFailure(
	failure: Failure,
	findName?: (error: CeremonyError) => NamedSignature | undefined
): Classification {
	const facts = gatherFacts(failure);
	const named = findName?.(failure.error);
	if (named) return { ...asNamed(named, facts), rule: OPERATOR_RULE };
	const rule = FAILURE_RULES.find(({ applies }) => applies(facts));
	if (!rule)
		return { cause: 'unknown', confidence: 'possible', evidence: [describeError(facts)], rule: '' };
	const { cause, confidence, because, id } = rule;
	return {
		cause,
		confidence: typeof confidence === 'string' ? confidence : confidence(facts),
		evidence: [...because(facts), describeError(facts)],
		rule: id
	};
}

/** Stands where a rule's id would. */
export const OPERATOR_RULE = 'operator';

function asNamed({ cause, confidence, note }: NamedSignature, facts: FailureFacts) {
	const because = note ? `Named by the operator: ${note}` : 'Named by the operator.';
	return { cause, confidence, evidence: [because, describeError(facts)] };
}

function gatherFacts(failure: Failure): FailureFacts {
	const { error, evidence, request, platform, elapsedMs } = failure;
	const dialog = evidence.blurred === true || evidence.hidden === true;
	return {
		...failure,
		name: error.name,
		message: (error.signature ?? '').toLowerCase().replace(/[‘’]/g, "'").replace(/[“”]/g, '"'),
		registering: failure.ceremonyType === 'registration',
		conditional: request.mediation === 'conditional',
		timeoutMs: effectiveTimeout({ timeoutMs: request.timeout_ms, platform }),
		noDialog: elapsedMs < 1_000 && !dialog,
		dialog
	};
}

function describeError({ error }: FailureFacts): string {
	return error.signature ? `${error.name}: ${error.signature}` : error.name;
}
