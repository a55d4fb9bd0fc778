import { describe, expect, test } from 'vitest';
import { normaliseMessage } from './normalise-message.ts';

describe('normaliseMessage', () => {
	test.each<[message: string, signature: string]>([
		[
			'The operation either timed out or was not allowed. See: https://www.w3.org/TR/webauthn-2/#sctn-privacy-considerations-client.',
			'The operation either timed out or was not allowed. See: <url>.'
		],
		['User handle exceeds 64 bytes.', 'User handle exceeds <number> bytes.'],
		['user.id is too long', 'user.id is too long'],
		['This is an invalid domain.', 'This is an invalid domain.'],
		[
			"The 'publickey-credentials-get' feature is not enabled in this document. Permissions Policy may be used.",
			"The 'publickey-credentials-get' feature is not enabled in this document. Permissions Policy may be used."
		],
		["The page's user said 'no thanks' twice", "The page's user said <value> twice"],
		[
			'Unexpected challenge "c2VjcmV0", expected "b3RoZXI"',
			'Unexpected challenge <value>, expected <value>'
		],
		[
			'The RP ID login.example.co.uk is not a suffix of shop.example:8443 or localhost:7300 or 10.0.0.7',
			'The RP ID <host> is not a suffix of <host> or <host> or <host>'
		],
		['No account for ada.lovelace@example.com', 'No account for <email>'],
		['No account for ada@intranet, nor ada@例え.テスト.', 'No account for <email>, nor <email>.'],
		['2001:db8:0:1:1:1:1:1 and fe80::1c2d:ab', '<host> and <host>'],
		['Refused at 12:34:56 in Foo::Bar', 'Refused at <number>:<number>:<number> in Foo::Bar'],
		['Credential 3f0e8c1a-2b4d-4e6f-8a9b-0c1d2e3f4a5b is gone', 'Credential <id> is gone'],
		['Credential Zm9vYmFyMTIzNDU2Nzg5MA is gone', 'Credential <id> is gone'],
		['Token AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGhIjKlMnOpQrSt_- is bad', 'Token <id> is bad'],
		["Failed to read the 'rp' property", 'Failed to read the <value> property'],
		['PublicKeyCredentialCreationOptions is wrong', 'PublicKeyCredentialCreationOptions is wrong'],
		['  two\n\tlines  ', 'two lines'],
		['', '']
	])('%s', (message, signature) => {
		expect(normaliseMessage(message)).toBe(signature);
	});

	test('ends, and stays short, whatever it is given', () => {
		for (const unit of ['a', '1', '"', "'", 'a.', 'a@', 'http://', '-', ' ']) {
			expect(normaliseMessage(unit.repeat(100_000)).length).toBeLessThanOrEqual(240);
		}
	});

	test('is the same when done twice', () => {
		const once = normaliseMessage('See "x" at https://a.example/b, 12 times, by a@b.example');
		expect(normaliseMessage(once)).toBe(once);
	});
});
