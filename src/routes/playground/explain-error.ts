/**
 * Says in plain words why a ceremony ended without a credential. The browser tells little on purpose,
 * so these words claim no more than the error's name does.
 */
export function explainError(error: Error): string {
	return `${WORDS[error.name] ?? 'The browser ended it with an error this page does not know.'} (${error.name}: ${error.message})`;
}

const WORDS: Record<string, string> = {
	NotAllowedError:
		'The browser ended it without saying why: cancelled, timed out, or no fitting passkey here.',
	InvalidStateError: 'This authenticator holds a passkey of this account already.',
	AbortError: 'The page ended the request itself.',
	TimeoutError: 'The page’s own time limit ran out.',
	SecurityError:
		'The browser does not accept this address for passkeys: open the page at localhost.',
	NotSupportedError: 'This browser or authenticator does not support what was asked.',
	ConstraintError: 'The authenticator cannot do what was required of it.',
	OperationError: 'Another passkey request is still open.',
	NotReadableError: 'The authenticator’s answer could not be read.',
	TypeError: 'The options were malformed.'
};
