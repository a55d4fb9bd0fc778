import { createTransport } from 'nodemailer';
import { readUrl } from '../../../../sdk/outbound/read-url.ts';
import type { AlertChannel } from '../../../../settings/alert-channels.ts';
import { alertRequest, headline, plainText, type AlertMessage } from './alert-message.ts';

/** How alerts leave this machine; from the environment, see `alertOutlets`. */
export interface AlertOutlets {
	/** `smtp://user:password@host:587`, or `smtps://…`. Undefined: no e-mail can be sent. */
	smtpUrl: string | undefined;
	/** The sender of e-mails. */
	smtpFrom: string;
	/** Let webhooks lead to private and loopback addresses. */
	allowPrivate: boolean;
}

/** The outlets that an environment names: PASSLENS_SMTP_URL, PASSLENS_SMTP_FROM, PASSLENS_ALERTS_ALLOW_PRIVATE. */
export function alertOutlets(environment: Record<string, string | undefined>): AlertOutlets {
	return {
		smtpUrl: environment.PASSLENS_SMTP_URL || undefined,
		smtpFrom: environment.PASSLENS_SMTP_FROM || 'Passlens <passlens@localhost>',
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

async function sendEmail(
	to: string,
	message: AlertMessage,
	{ smtpUrl, smtpFrom }: AlertOutlets
): Promise<string | undefined> {
	if (!smtpUrl)
		return 'No mail server is set up: start Passlens with PASSLENS_SMTP_URL=smtp://user:password@host:587 and PASSLENS_SMTP_FROM.';
	const transport = createTransport({
		url: smtpUrl,
		connectionTimeout: SEND_MS,
		greetingTimeout: SEND_MS,
		socketTimeout: SEND_MS
	});
	try {
		await transport.sendMail({
			from: smtpFrom,
			to,
			subject: headline(message),
			text: plainText(message),
			messageId: `<${message.id}@passlens>`,
			// A firing's end answers its beginning, so that a mailbox shows them together; and no automatic answer comes back.
			headers: { 'Auto-Submitted': 'auto-generated' },
			references: `<${message.firing}@passlens>`
		});
		return undefined;
	} catch (error) {
		return `The mail server did not take it: ${error instanceof Error ? error.message : String(error)}`;
	} finally {
		transport.close();
	}
}
