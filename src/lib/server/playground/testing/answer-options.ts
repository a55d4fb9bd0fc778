import type {
	createSoftwareAuthenticator,
	SoftwareCredential
} from '../../../../../sdk/server/testing/software-authenticator.ts';
import { uuidV7 } from '../../../../../sdk/common/uuid-v7.ts';
import { finishAuthentication, startAuthentication } from '../authentication.ts';
import { finishRegistration, startRegistration } from '../registration.ts';
import { authenticationWish, registrationWish, type RegistrationWish } from '../wire.ts';
import type { TestSite } from './open-site.ts';

type Authenticator = ReturnType<typeof createSoftwareAuthenticator>;
type Changes = Partial<Parameters<Authenticator['register']>[0]>;
type UseChanges = Partial<Parameters<Authenticator['authenticate']>[0]>;

/** Registers with real signatures, from options to verdict; `changes` says what the authenticator gets wrong. */
export async function register(
	site: TestSite,
	{
		authenticator,
		wish = {},
		changes = {}
	}: { authenticator: Authenticator; wish?: Partial<RegistrationWish>; changes?: Changes }
) {
	const options = await startRegistration({ ...site, wish: registrationWish.parse(wish) });
	const { credential, response } = authenticator.register({
		challenge: options.challenge,
		...changes
	});
	const ceremonyId = uuidV7();
	const answer = await finishRegistration({ ...site, ceremonyId, response });
	return { options, credential, response, ceremonyId, answer };
}

/** Signs in with real signatures, from options to verdict. */
export async function authenticate(
	site: TestSite,
	{
		authenticator,
		credential,
		userVerification = 'preferred',
		changes = {}
	}: {
		authenticator: Authenticator;
		credential: SoftwareCredential;
		userVerification?: 'required' | 'preferred';
		changes?: UseChanges;
	}
) {
	const started = await startAuthentication({
		...site,
		wish: authenticationWish.parse({ userVerification })
	});
	if (!started.ok) throw new Error(started.message);
	const response = authenticator.authenticate({
		challenge: started.options.challenge,
		userHandle: site.account.user_handle,
		credential,
		...changes
	});
	const ceremonyId = uuidV7();
	const answer = await finishAuthentication({ ...site, ceremonyId, response });
	return { response, ceremonyId, answer };
}
