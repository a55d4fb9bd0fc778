import { env } from '$env/dynamic/private';
import {
	addCredentialNotice,
	addressesOf,
	type CredentialNotice
} from '../../../../../settings/access/credential-notices.ts';
import type { Settings } from '../../../../../settings/open-settings.ts';
import { mailOutlet } from '../../mail/send-mail.ts';

/** Has somebody told by e-mail that their ways to sign in changed, if there is a mail server and an address of theirs. The change waits for neither. */
export async function tellOfChange(
	store: Settings,
	{
		personId,
		change,
		subject,
		addresses
	}: Pick<CredentialNotice, 'change' | 'subject'> & {
		personId: string;
		/** Where they could be told before the change, if that may have taken an address. */
		addresses?: readonly string[];
	}
): Promise<void> {
	if (mailOutlet(env).smtpUrl === undefined) return;
	const to = addresses ?? (await addressesOf(store, personId));
	await addCredentialNotice(store, { personId, change, subject, addresses: to });
}
