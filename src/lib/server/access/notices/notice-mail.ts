import { formatMoment } from '../../../format/date.ts';
import { UTC } from '../../../zone/local-day.ts';
import type { CredentialNotice } from '../../../../../settings/access/credential-notices.ts';

const WORDS: Record<
	CredentialNotice['change'],
	(subject: string) => [title: string, more: string]
> = {
	'passkey-added': (name) => ['a passkey was added to your account', `The passkey: ${name}`],
	'passkey-removed': (name) => ['a passkey was removed from your account', `The passkey: ${name}`],
	'link-used': (by) => [
		'a link for a new passkey of yours was used',
		`The link was made by ${by}. Whoever opened it is signed in as you.`
	],
	'provider-connected': (name) => [
		'an identity provider was connected to your account',
		`The provider: ${name}`
	],
	'provider-disconnected': (name) => [
		'your account was disconnected from the identity provider',
		`The provider: ${name}`
	],
	'api-key-made': (name) => ['an API key was made in your name', `The key: ${name}`]
};

/** What a notice says, in plain text. @param origin where the dashboard is opened */
export function noticeMail(
	{ name, change, subject, changedAt }: CredentialNotice,
	{ origin }: { origin: string }
): { subject: string; text: string } {
	const [title, more] = WORDS[change](subject);
	const place = change === 'api-key-made' ? '/api-keys' : '/account';
	const moment = formatMoment(new Date(changedAt), UTC);
	return {
		subject: `Passlens: ${title}`,
		text: [
			`Hello ${name},`,
			`${title}, at ${origin} on ${moment} UTC.\n${more}`,
			'If that was you, there is nothing to do.',
			`If it was not: look at ${origin}${place}, undo it there, sign out everywhere at ${origin}/account, and tell an administrator, who finds more in the audit log.`
		].join('\n\n')
	};
}
