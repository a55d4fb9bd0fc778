import { all, any, coded, named, told, says, type FailureRule } from './failure-rule.ts';
import { NATIVE_REFUSALS } from './native-refusals.ts';
import { CLEAR_REFUSALS, OVERLOADED_REFUSALS } from './overloaded-refusals.ts';
import { TOLD_APART } from './told-apart.ts';

/** What the page did to its own request. */
const OWN_ABORTS: FailureRule[] = [
	{
		id: 'superseded-webkit',
		cause: 'superseded',
		confidence: 'certain',
		applies: says('cancelled by a new request'),
		because: told('The browser says that a newer request took its place.')
	},
	{
		id: 'aborted-signal',
		cause: 'aborted_by_page',
		confidence: 'certain',
		applies: all(
			({ evidence }) => evidence.signal_aborted === true,
			({ name }) => !['NotAllowedError', 'InvalidStateError', 'OperationError'].includes(name)
		),
		because: told("The page's own AbortSignal was aborted before the call ended.")
	},
	{
		id: 'superseded-firefox',
		cause: 'superseded',
		confidence: 'likely',
		applies: all(
			named('AbortError'),
			({ platform }) => platform.engine === 'gecko',
			({ evidence }) => evidence.signal_aborted !== true
		),
		because: told(
			'Firefox ends an open request when the page makes another, and the page did not abort it.'
		)
	},
	{
		id: 'aborted-name',
		cause: 'aborted_by_page',
		confidence: 'likely',
		applies: any(named('AbortError', 'TimeoutError'), coded('CEREMONY_ABORTED')),
		because: told('The error is the one an AbortSignal gives.')
	}
];

/** What is left. */
const REST: FailureRule[] = [
	{
		id: 'extension-error',
		cause: 'extension_interfered',
		confidence: ({ name }) => (name === 'NoPublicKeyCredential' ? 'likely' : 'possible'),
		applies: all(
			({ evidence }) => evidence.api_replaced === true,
			({ name }) => name !== 'NotAllowedError'
		),
		because: told(
			'Something other than the browser answered the call, with an error browsers do not give.'
		)
	},
	{
		id: 'authenticator-failed',
		cause: 'authenticator_error',
		confidence: 'likely',
		applies: any(
			named(
				'UnknownError',
				'NotReadableError',
				'InvalidStateError',
				'OperationError',
				'NetworkError'
			),
			coded('AUTHENTICATOR_GENERAL_ERROR')
		),
		because: told('The authenticator or the platform behind it failed.')
	}
];

/** In order: the first that applies decides. */
export const FAILURE_RULES: readonly FailureRule[] = [
	...OWN_ABORTS,
	...NATIVE_REFUSALS,
	...TOLD_APART,
	...CLEAR_REFUSALS,
	...OVERLOADED_REFUSALS,
	...REST
];
