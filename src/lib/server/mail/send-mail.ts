import { createTransport } from 'nodemailer';

/** How e-mails leave this machine; from the environment, see `mailOutlet`. */
export interface MailOutlet {
	/** `smtp://user:password@host:587`, or `smtps://…`. Undefined: no e-mail can be sent. */
	smtpUrl: string | undefined;
	/** The sender of e-mails. */
	smtpFrom: string;
}

/** The outlet that an environment names: PASSLENS_SMTP_URL, PASSLENS_SMTP_FROM. */
export function mailOutlet(environment: Record<string, string | undefined>): MailOutlet {
	return {
		smtpUrl: environment.PASSLENS_SMTP_URL || undefined,
		smtpFrom: environment.PASSLENS_SMTP_FROM || 'Passlens <passlens@localhost>'
	};
}

export interface Mail {
	to: string;
	subject: string;
	text: string;
	html?: string;
	/** Before the `@`. */
	id: string;
	/** The id of the e-mail that this one follows: a mailbox shows them together. */
	references?: string;
	headers?: Record<string, string>;
}

const SEND_MS = 10_000;

/** Hands an e-mail to the mail server. @returns what went wrong, in words; undefined when it was taken */
export async function sendMail(
	{ id, references, headers, ...mail }: Mail,
	{ smtpUrl, smtpFrom }: MailOutlet
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
			...mail,
			from: smtpFrom,
			messageId: `<${id}@passlens>`,
			...(references && { references: `<${references}@passlens>` }),
			// No automatic answer comes back.
			headers: { 'Auto-Submitted': 'auto-generated', ...headers }
		});
		return undefined;
	} catch (error) {
		return `The mail server did not take it: ${error instanceof Error ? error.message : String(error)}`;
	} finally {
		transport.close();
	}
}
