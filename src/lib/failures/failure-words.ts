import { describeCause } from '../format/cause-names.ts';
import type { Outcome } from '../format/names.ts';

/** What a group of failures is told by. */
export interface FailureIdentity {
	outcome: Outcome;
	cause: string;
	error_name: string;
	error_signature: string;
	error_code: string;
}

/** A group in plain words. */
export function failureName({ outcome, cause }: FailureIdentity): string {
	if (cause) return describeCause(cause).name;
	if (outcome === 'abandoned') return 'Left without an end';
	if (outcome === 'untouched') return 'Autofill request nobody used';
	return 'Without a cause';
}

/** The error as the browser said it, or what stands in its place. */
export function failureSignature({
	outcome,
	error_name,
	error_signature,
	error_code
}: FailureIdentity): string {
	if (!error_name && !error_signature)
		return outcome === 'rejected' ? 'The server refused the response' : 'No error was told';
	const name = error_code ? `${error_name} (${error_code})` : error_name;
	return error_signature ? `${name}: ${error_signature}` : name;
}
