import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A real mail server on this machine, and what it took. */
export interface MailServer {
	/** As PASSLENS_SMTP_URL has it. */
	url: string;
	/** Whole messages, headers first, in the order they came. */
	mails: string[];
	/** Refuses the next so many. */
	refuse(count: number): void;
	close(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
	const mails: string[] = [];
	let refused = 0;
	const server = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS'],
		onData: (stream, _session, done) => {
			let text = '';
			stream.on('data', (chunk) => (text += String(chunk)));
			stream.on('end', () => {
				if (refused > 0) {
					refused--;
					return done(new Error('the mailbox is full'));
				}
				mails.push(text);
				done();
			});
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.server.address() as AddressInfo;
	return {
		url: `smtp://127.0.0.1:${port}`,
		mails,
		refuse: (count) => (refused = count),
		close: () => new Promise((resolve) => server.close(resolve))
	};
}

/** The parts of a message by their kind (`text/plain`), as their reader sees them. */
export function readMail(mail: string): { headers: string; parts: Record<string, string> } {
	const [headers = ''] = mail.split('\r\n\r\n', 1);
	const boundary = /boundary="([^"]+)"/.exec(headers)?.[1];
	const parts = boundary ? mail.split(`--${boundary}`).slice(1, -1) : [mail];
	return {
		// A long header goes on in the next line.
		headers: headers.replaceAll(/\r\n[ \t]+/g, ' '),
		parts: Object.fromEntries(parts.map(readPart))
	};
}

function readPart(part: string): [kind: string, text: string] {
	const [head = ''] = part.trimStart().split('\r\n\r\n', 1);
	const body = part.trimStart().slice(head.length).trim();
	const kind = /content-type: ([\w/]+)/i.exec(head)?.[1] ?? '';
	const encoding = /content-transfer-encoding: ([\w-]+)/i.exec(head)?.[1] ?? '';
	return [kind, decode(body, encoding.toLowerCase()).replaceAll('\r\n', '\n')];
}

function decode(body: string, encoding: string): string {
	if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
	if (encoding !== 'quoted-printable') return body;
	const bytes = body
		.replaceAll('=\r\n', '')
		.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
	return Buffer.from(bytes, 'latin1').toString('utf8');
}
