import { all, any, named, told, type FailureRule } from './failure-rule.ts';

/** Apple's AuthenticationServices gives a number; the error's name is the domain, with or without the case. */
const apple = (number: number, name: string) =>
	any(
		named(`ASAuthorizationError${name}`),
		all(named('ASAuthorizationError'), ({ error }) => error.code === String(number))
	);

/** Android's Credential Manager has a pair of exceptions for most things: one for making, one for asking. */
const android = (name: string) => named(`GetCredential${name}`, `CreateCredential${name}`);

/** What the native interfaces of iOS and Android tell apart, by ASAuthorizationError.Code and androidx.credentials.exceptions. */
export const NATIVE_REFUSALS: FailureRule[] = [
	{
		id: 'apple-cancelled',
		cause: 'user_cancelled',
		confidence: 'certain',
		applies: apple(1001, 'Canceled'),
		because: told('The system says that the user dismissed it.')
	},
	{
		id: 'apple-not-interactive',
		cause: 'not_focused',
		confidence: 'certain',
		applies: apple(1005, 'NotInteractive'),
		because: told('The system could show nothing: the app was not in front.')
	},
	{
		id: 'apple-excluded',
		cause: 'already_registered',
		confidence: 'certain',
		applies: apple(1006, 'MatchedExcludedCredential'),
		because: told('The device holds one of the excluded credentials.')
	},
	{
		id: 'apple-not-configured',
		cause: 'user_verification_unavailable',
		confidence: 'likely',
		applies: apple(1010, 'DeviceNotConfiguredForPasskeyCreation'),
		because: told(
			'The device is not set up for passkeys: it needs a passcode and a password manager.'
		)
	},
	{
		id: 'apple-failed',
		cause: 'authenticator_error',
		confidence: 'likely',
		applies: any(
			apple(1000, 'Unknown'),
			apple(1002, 'InvalidResponse'),
			apple(1003, 'NotHandled'),
			apple(1004, 'Failed')
		),
		because: told('The system says that it failed, and neither that it was dismissed nor why.')
	},
	{
		id: 'android-cancelled',
		cause: 'user_cancelled',
		confidence: 'certain',
		applies: android('CancellationException'),
		because: told('The system says that the user dismissed it.')
	},
	{
		id: 'android-interrupted',
		cause: 'authenticator_error',
		confidence: 'possible',
		applies: android('InterruptedException'),
		because: told('Something interrupted the system’s dialog; trying again may help.')
	},
	{
		id: 'android-no-provider',
		cause: 'authenticator_error',
		confidence: 'likely',
		applies: any(
			android('ProviderConfigurationException'),
			android('UnsupportedException'),
			named('CreateCredentialNoCreateOptionException')
		),
		because: told('No credential provider on the device can do this.')
	},
	{
		id: 'android-unknown',
		cause: 'authenticator_error',
		confidence: 'possible',
		applies: android('UnknownException'),
		because: told('The credential provider failed and does not say why.')
	}
];
