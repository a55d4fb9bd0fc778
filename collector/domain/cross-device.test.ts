import { expect, test } from 'vitest';
import { crossDevice } from './cross-device.ts';

type Attachment = 'platform' | 'cross-platform' | undefined;

test.each<[string[], Attachment, boolean | undefined]>([
	[['internal'], 'platform', false],
	[['hybrid', 'internal'], 'platform', false],
	[['hybrid', 'internal'], 'cross-platform', true],
	[['ble', 'hybrid'], 'cross-platform', true],
	[['usb', 'nfc'], 'cross-platform', false],
	[['smart-card'], 'cross-platform', false],
	[['internal'], 'cross-platform', undefined],
	[[], 'cross-platform', undefined],
	[['hybrid'], undefined, undefined]
])('registered with %j, %s: cross-device is %s', (transports, attachment, expected) => {
	const credential = { transports, authenticator_attachment: attachment };
	expect(crossDevice({ credential, ceremonyType: 'registration' })).toBe(expected);
});

test.each<[string, string[] | undefined, number | undefined, Attachment, boolean | undefined]>([
	['a phone passkey', ['internal'], 1, 'cross-platform', true],
	['a phone passkey, by hybrid', ['hybrid', 'internal'], 1, 'cross-platform', true],
	['one of two phone passkeys', ['hybrid', 'internal'], 2, 'cross-platform', true],
	['a phone passkey over Bluetooth', ['ble', 'hybrid'], 1, 'cross-platform', true],
	['a key', ['usb', 'nfc'], 1, 'cross-platform', false],
	['one of two keys', ['usb', 'nfc'], 2, 'cross-platform', false],
	['a key or a phone: nobody can tell', ['usb', 'hybrid'], 2, 'cross-platform', undefined],
	['one without transports', [], 1, 'cross-platform', undefined],
	['a discoverable one', undefined, 0, 'cross-platform', undefined],
	['one on this device', undefined, 0, 'platform', false],
	['one without an attachment', ['hybrid'], 1, undefined, undefined]
])(
	'signed in with %s: cross-device',
	(_title, allow_transports, allow_count, attachment, expected) => {
		const answer = crossDevice({
			credential: { authenticator_attachment: attachment },
			ceremonyType: 'authentication',
			request: { mediation: 'optional', allow_transports, allow_count }
		});
		expect(answer).toBe(expected);
	}
);

test('a sender that knows is believed', () => {
	const credential = {
		cross_device: false,
		authenticator_attachment: 'cross-platform' as const,
		transports: ['hybrid']
	};
	expect(crossDevice({ credential, ceremonyType: 'registration' })).toBe(false);
});
