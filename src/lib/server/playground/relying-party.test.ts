import { expect, test } from 'vitest';
import { relyingPartyFor } from './relying-party.ts';

test.each([
	['localhost with a port', 'localhost:7300', undefined, 'localhost', 'http://localhost:7300'],
	['localhost without one', 'localhost', undefined, 'localhost', 'http://localhost'],
	[
		'a configured origin, whatever the request says',
		'127.0.0.1:7300',
		'https://passkeys.example.com',
		'passkeys.example.com',
		'https://passkeys.example.com'
	]
])('%s makes a relying party', (_title, host, configured, id, origin) => {
	expect(relyingPartyFor({ host, configured })).toMatchObject({
		ok: true,
		relyingParty: { id, origin }
	});
});

test.each([
	['an IP address', '127.0.0.1:7300', 'host_not_local'],
	['a name from elsewhere', 'attacker.example', 'host_not_local'],
	['a name that only begins like it', 'localhost.attacker.example', 'host_not_local'],
	['no host', null, 'host_invalid'],
	['what is no host name', 'local host', 'host_invalid']
])('%s is refused with the reason', (_title, host, code) => {
	expect(relyingPartyFor({ host })).toMatchObject({ ok: false, code });
});
