import { beforeAll, describe, expect, test, vi } from 'vitest';
import { requestSchema } from '../event/event.ts';
import { summariseRequest } from './summarise-request.ts';

beforeAll(() =>
	vi.stubGlobal('location', { origin: 'https://shop.example', hostname: 'shop.example' })
);

const id = new Uint8Array([1]);
const many = (length: number, transports?: string[]) =>
	Array.from({ length }, () => ({ type: 'public-key', id, transports }));

/** Every summary must be what the collector takes: an odd option must not cost the event. */
const summarise = (type: 'registration' | 'authentication', options: object) =>
	requestSchema.parse(JSON.parse(JSON.stringify(summariseRequest(type, options as never))));

describe('summariseRequest', () => {
	test.each<[title: string, options: object, expected: object]>([
		[
			'the least',
			{ publicKey: {} },
			{ mediation: 'optional', rp_id: 'shop.example', allow_count: 0, allow_transports: [] }
		],
		['rpId', { publicKey: { rpId: 'example' } }, { rp_id: 'example' }],
		['conditional', { publicKey: {}, mediation: 'conditional' }, { mediation: 'conditional' }],
		['immediate', { publicKey: {}, uiMode: 'immediate' }, { mediation: 'immediate' }],
		['a mediation to come', { publicKey: {}, mediation: 'telepathic' }, { mediation: 'optional' }],
		['timeout', { publicKey: { timeout: 1500.7 } }, { timeout_ms: 1500 }],
		[
			'user verification',
			{ publicKey: { userVerification: 'discouraged' } },
			{ user_verification: 'discouraged' }
		],
		[
			'hints',
			{ publicKey: { hints: ['hybrid', 'hybrid', '', 'security-key'] } },
			{ hints: ['hybrid', 'security-key'] }
		],
		[
			'transports once each',
			{ publicKey: { allowCredentials: [...many(2, ['usb', 'nfc']), ...many(1, ['usb'])] } },
			{ allow_count: 3, allow_transports: ['usb', 'nfc'] }
		],
		['many credentials', { publicKey: { allowCredentials: many(1001) } }, { allow_count: 1001 }]
	])('at sign-in: %s', (_title, options, expected) => {
		expect(summarise('authentication', options)).toMatchObject(expected);
	});

	test.each<[title: string, publicKey: object, expected: object]>([
		[
			'the relying party',
			{ rp: { id: 'example', name: 'x' } },
			{ rp_id: 'example', exclude_count: 0 }
		],
		[
			'residentKey',
			{ authenticatorSelection: { residentKey: 'preferred' } },
			{ resident_key: 'preferred' }
		],
		[
			'requireResidentKey',
			{ authenticatorSelection: { requireResidentKey: true } },
			{ resident_key: 'required' }
		],
		[
			'residentKey before requireResidentKey',
			{ authenticatorSelection: { residentKey: 'discouraged', requireResidentKey: true } },
			{ resident_key: 'discouraged' }
		],
		[
			'attachment',
			{
				authenticatorSelection: {
					authenticatorAttachment: 'cross-platform',
					userVerification: 'required'
				}
			},
			{ requested_attachment: 'cross-platform', user_verification: 'required' }
		],
		['attestation', { attestation: 'enterprise' }, { attestation: 'enterprise' }],
		[
			'exclusions',
			{ excludeCredentials: many(2, ['internal']) },
			{ exclude_count: 2, exclude_transports: ['internal'] }
		]
	])('at registration: %s', (_title, publicKey, expected) => {
		expect(summarise('registration', { publicKey })).toMatchObject(expected);
	});

	test('drops words and values the contract does not know', () => {
		const summary = summarise('registration', {
			publicKey: {
				timeout: NaN,
				attestation: 'please',
				authenticatorSelection: {
					residentKey: 'maybe',
					authenticatorAttachment: 'glued',
					userVerification: 'sometimes'
				},
				rp: { id: 'x'.repeat(1000) },
				hints: [
					'ada@example.com',
					'x'.repeat(33),
					...Array.from({ length: 99 }, (_, i) => `hint-${i}`)
				]
			}
		});
		expect(summary).not.toHaveProperty('timeout_ms');
		expect(summary).not.toHaveProperty('attestation');
		expect(summary).not.toHaveProperty('resident_key');
		expect(summary.hints).toHaveLength(16);
	});

	test('tells nothing of challenge, ids and names', () => {
		const summary = summariseRequest('registration', {
			publicKey: {
				challenge: new Uint8Array([99]),
				user: { id, name: 'ada@example.com', displayName: 'Ada' },
				rp: { name: 'Secret Shop' }
			}
		} as never);
		expect(JSON.stringify(summary)).not.toMatch(/99|ada|Ada|Secret/);
	});
});
