import { readUrl } from '../../../../sdk/outbound/read-url.ts';
import type { AlertChannel } from '../../../../settings/alert-channels.ts';
import { mailOutlet, sendMail, type MailOutlet } from '../mail/send-mail.ts';
import { alertRequest, headline, plainText, type AlertMessage } from './alert-message.ts';

/** How alerts leave this machine; from the environment, see `alertOutlets`. */
export interface AlertOutlets extends MailOutlet {
	/** Let webhooks lead to private and loopback addresses. */
	allowPrivate: boolean;
}

/** The outlets that an environment names: those of e-mails, and PASSLENS_ALERTS_ALLOW_PRIVATE. */
export function alertOutlets(environment: Record<string, string | undefined>): AlertOutlets {
	return {
		...mailOutlet(environment),
		allowPrivate: environment.PASSLENS_ALERTS_ALLOW_PRIVATE === '1'
	};
}

const SEND_MS = 10_000;
const MAX_BYTES = 16_384;

/** Tells a channel. @returns what went wrong, in words; undefined when it was taken */
export async function sendAlert({
	channel,
	message,
	outlets
}: {
	channel: Pick<AlertChannel, 'kind' | 'target' | 'secret'>;
	message: AlertMessage;
	outlets: AlertOutlets;
}): Promise<string | undefined> {
	if (channel.kind === 'email') return sendEmail(channel.target, message, outlets);
	const answer = await readUrl({
		url: new URL(channel.target),
		method: 'POST',
		...alertRequest(channel, message),
		connection: {
			agent: 'passlens-alerts',
			allowPrivate: outlets.allowPrivate,
			requestMs: SEND_MS,
			deadline: performance.now() + SEND_MS,
			maxBytes: MAX_BYTES
		}
	});
	if (answer.kind === 'failure')
		return answer.code === 'private_address_refused'
			? `${answer.found} PASSLENS_ALERTS_ALLOW_PRIVATE=1 allows such addresses.`
			: answer.found;
	if (answer.status >= 200 && answer.status < 300) return undefined;
	const said = answer.text.trim().slice(0, 200);
	return `${answer.url.host} answered ${answer.status}${said ? `: ${said}` : ''}.`;
}

const sendEmail = (to: string, message: AlertMessage, outlets: AlertOutlets) =>
	sendMail(
		{
			...{ to, subject: headline(message), text: plainText(message), id: message.id },
			// A firing's end answers its beginning.
			references: message.firing
		},
		outlets
	);
