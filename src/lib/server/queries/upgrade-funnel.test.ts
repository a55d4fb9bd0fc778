import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import {
	capabilities,
	ceremony,
	passwordSignIn,
	promptShown,
	revoked,
	type RawEvent
} from '../testing/sample-events.ts';
import { UPGRADE_STEPS, upgradeFunnel, type UpgradeStep } from './upgrade-funnel.ts';

// A funnel is one of the longest queries there are: on a busy machine planning it alone takes a second.
vi.setConfig({ testTimeout: 60_000 });

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
});
afterAll(() => database.close());

let projects = 0;
let hashes = 1000;
const newHash = () => ++hashes;

/** Everything a story needs of one user on one kind of device. */
function user(project_id: string, client_ecosystem = 'apple', os_name = 'iOS') {
	return { project_id, user_hash: newHash(), client_ecosystem, os_name };
}

type Shared = ReturnType<typeof user>;

const LEGACY = {
	apple_platform: { backup_eligible: false, backup_state: false, transports: ['internal'] },
	android_platform: { backup_eligible: false, backup_state: false, transports: ['internal'] },
	chrome_mac_profile: { backup_eligible: false, backup_state: false, transports: ['internal'] },
	windows_hello: { backup_eligible: false, backup_state: false, transports: ['internal'] },
	u2f_key: { backup_eligible: false, backup_state: false, transports: ['usb'] },
	other_platform: { backup_eligible: false, backup_state: false, transports: ['internal'] }
};

function legacySignIn(of: Shared, at: string, legacy_class: keyof typeof LEGACY, hash = newHash()) {
	return ceremony(of, {
		at,
		type: 'authentication',
		end: { credential_hash: hash, legacy_class, ...LEGACY[legacy_class] },
		verdict: { verified: true }
	});
}

interface Registration {
	be?: boolean;
	bs?: boolean;
	verified?: boolean;
	hash?: number;
	legacy_class?: string;
	credential_ecosystem?: string;
}

function registration(
	of: Shared,
	at: string,
	{ be = true, bs = true, verified = true, hash = newHash(), ...rest }: Registration = {},
	request = {}
) {
	return ceremony(of, {
		at,
		type: 'registration',
		request,
		end: { credential_hash: hash, backup_eligible: be, backup_state: bs, ...rest },
		verdict: { verified }
	});
}

function passkeySignIn(of: Shared, at: string, hash: number, bs = true) {
	return ceremony(of, {
		at,
		type: 'authentication',
		end: { credential_hash: hash, backup_eligible: true, backup_state: bs },
		verdict: { verified: true }
	});
}

async function funnelOf(story: (project: string) => RawEvent[], filters = {}) {
	const project = `upgrade-${++projects}`;
	await database.insert(story(project));
	await database.rollUp(project);
	const { steps } = await upgradeFunnel(database.client, {
		project,
		from: '2026-11-01',
		to: '2026-11-30',
		ecosystem: '',
		platform: '',
		application: '',
		...filters
	});
	return steps;
}

/** `users` by step, of the only class in the answer. */
function users(rows: Awaited<ReturnType<typeof funnelOf>>) {
	return Object.fromEntries(rows.map((row) => [row.step, row.users]));
}

/** One user who reached every step up to this one, and no further. */
function upTo(step: UpgradeStep) {
	const reached = UPGRADE_STEPS.indexOf(step);
	return Object.fromEntries(UPGRADE_STEPS.map((name, index) => [name, index <= reached ? 1 : 0]));
}

describe('a user who stops at', () => {
	const stories: [UpgradeStep, (project: string) => RawEvent[]][] = [
		['legacy_active', (p) => legacySignIn(user(p), '2026-11-02 10:00', 'apple_platform')],
		[
			'eligible',
			(p) => {
				const ann = user(p);
				return [
					...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform'),
					capabilities(ann, '2026-11-02 10:00', true)
				];
			}
		],
		[
			'offered',
			(p) => {
				const ann = user(p);
				return [
					...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform'),
					capabilities(ann, '2026-11-02 10:00', true),
					promptShown(ann, '2026-11-02 10:01')
				];
			}
		],
		[
			'started',
			(p) => {
				const ann = user(p);
				return [
					...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform'),
					promptShown(ann, '2026-11-02 10:01'),
					...ceremony(ann, { at: '2026-11-02 10:02', type: 'registration', ends: false })
				];
			}
		],
		[
			'created',
			(p) => {
				const ann = user(p);
				return [
					...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform'),
					promptShown(ann, '2026-11-02 10:01'),
					...registration(ann, '2026-11-02 10:02', { verified: false })
				];
			}
		],
		[
			'verified',
			(p) => {
				const ann = user(p);
				return [
					...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform'),
					promptShown(ann, '2026-11-02 10:01'),
					...registration(ann, '2026-11-02 10:02', { bs: false })
				];
			}
		],
		[
			'backed_up',
			(p) => {
				const ann = user(p);
				return [
					...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform'),
					promptShown(ann, '2026-11-02 10:01'),
					...registration(ann, '2026-11-02 10:02')
				];
			}
		],
		[
			'first_use',
			(p) => {
				const [ann, hash] = [user(p), newHash()];
				return [
					...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform'),
					promptShown(ann, '2026-11-02 10:01'),
					...registration(ann, '2026-11-02 10:02', { hash }),
					...passkeySignIn(ann, '2026-11-03 09:00', hash)
				];
			}
		],
		[
			'retired',
			(p) => {
				const [ann, old, hash] = [user(p), newHash(), newHash()];
				return [
					...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform', old),
					promptShown(ann, '2026-11-02 10:01'),
					...registration(ann, '2026-11-02 10:02', { hash }),
					...passkeySignIn(ann, '2026-11-03 09:00', hash),
					revoked(ann, '2026-11-03 09:05', old)
				];
			}
		]
	];

	it.each(stories)('%s counts there and nowhere further', async (step, story) => {
		expect(users(await funnelOf(story))).toEqual(upTo(step));
	});
});

describe('each class', () => {
	it.each([
		['apple_platform', 'apple', 'apple', 'iOS'],
		['android_platform', 'google', 'google', 'Android'],
		['chrome_mac_profile', 'apple', 'apple', 'macOS'],
		['windows_hello', 'microsoft', 'microsoft', 'Windows'],
		['u2f_key', 'security_key', 'microsoft', 'Windows'],
		['other_platform', 'unknown', 'google', 'ChromeOS']
	] as const)('%s is upgraded in %s', async (legacyClass, ecosystem, device, os) => {
		const rows = await funnelOf((p) => {
			const [ann, old, hash] = [user(p, device, os), newHash(), newHash()];
			return [
				...legacySignIn(ann, '2026-11-02 10:00', legacyClass, old),
				...registration(ann, '2026-11-02 10:02', { hash }),
				...passkeySignIn(ann, '2026-11-03 09:00', hash),
				revoked(ann, '2026-11-03 09:05', old)
			];
		});
		expect(users(rows)).toEqual(upTo('retired'));
		expect(
			rows.every((row) => row.ecosystem === ecosystem && row.legacy_class === legacyClass)
		).toBe(true);
	});

	it('a password is upgraded in the ecosystem of the device and never counts as retired', async () => {
		const rows = await funnelOf((p) => {
			const [ann, hash] = [user(p, 'google', 'Android'), newHash()];
			return [
				passwordSignIn(ann, '2026-11-02 10:00'),
				...registration(ann, '2026-11-02 10:02', { hash }, { mediation: 'conditional' }),
				...passkeySignIn(ann, '2026-11-03 09:00', hash)
			];
		});
		expect(users(rows)).toEqual(upTo('first_use'));
		expect(rows[0]).toMatchObject({ ecosystem: 'google', legacy_class: 'password' });
	});

	it('a failed password sign-in puts nobody into the funnel', async () => {
		expect(await funnelOf((p) => [passwordSignIn(user(p), '2026-11-02 10:00', 'failed')])).toEqual(
			[]
		);
	});
});

describe('the order of steps', () => {
	it('follows Apple’s overwrite: the same user, the old credential without BE, the new one synced', async () => {
		const rows = await funnelOf((p) => {
			const [ann, old, hash] = [user(p), newHash(), newHash()];
			return [
				...registration(ann, '2026-10-01 08:00', {
					hash: old,
					be: false,
					bs: false,
					legacy_class: 'apple_platform'
				}),
				...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform', old),
				promptShown(ann, '2026-11-02 10:01'),
				...registration(ann, '2026-11-02 10:02', { hash }),
				...passkeySignIn(ann, '2026-11-02 10:05', hash)
			];
		});
		expect(users(rows)).toEqual(upTo('first_use'));
	});

	it('counts no prompt shown before the legacy sign-in', async () => {
		const rows = await funnelOf((p) => {
			const ann = user(p);
			return [
				capabilities(ann, '2026-11-02 09:00', true),
				promptShown(ann, '2026-11-02 09:00'),
				...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform')
			];
		});
		expect(users(rows)).toEqual(upTo('eligible'));
	});

	it('counts no registration made before the legacy sign-in, and takes its passkey for the one already there', async () => {
		const rows = await funnelOf((p) => {
			const ann = user(p);
			return [
				...registration(ann, '2026-11-02 09:00', { credential_ecosystem: 'apple' }),
				...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform'),
				promptShown(ann, '2026-11-02 10:30')
			];
		});
		expect(users(rows)).toEqual(upTo('legacy_active'));
	});

	it('counts a use only once the passkey is backed up', async () => {
		const story = (p: string, later: boolean) => {
			const [ann, hash] = [user(p), newHash()];
			return [
				...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform'),
				...registration(ann, '2026-11-02 10:02', { hash, bs: false }),
				...passkeySignIn(ann, '2026-11-03 09:00', hash, false),
				...(later ? passkeySignIn(ann, '2026-11-04 09:00', hash, true) : [])
			];
		};
		expect(users(await funnelOf((p) => story(p, false)))).toEqual(upTo('verified'));
		expect(users(await funnelOf((p) => story(p, true)))).toEqual(upTo('first_use'));
	});

	it('counts a legacy credential retired before the first use as retired from that use on', async () => {
		const rows = await funnelOf((p) => {
			const [ann, old, hash] = [user(p), newHash(), newHash()];
			return [
				...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform', old),
				...registration(ann, '2026-11-02 10:02', { hash }),
				revoked(ann, '2026-11-02 10:03', old),
				...passkeySignIn(ann, '2026-11-03 09:00', hash)
			];
		});
		expect(users(rows)).toEqual(upTo('retired'));
	});

	it('does not join one attempt’s creation with another credential’s use', async () => {
		const rows = await funnelOf((p) => {
			const ann = user(p);
			return [
				...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform'),
				...registration(ann, '2026-11-02 10:02'),
				...passkeySignIn(ann, '2026-11-03 09:00', newHash())
			];
		});
		expect(users(rows)).toEqual(upTo('backed_up'));
	});

	it('leaves out what happened after the period', async () => {
		const rows = await funnelOf(
			(p) => {
				const [ann, hash] = [user(p), newHash()];
				return [
					...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform'),
					...registration(ann, '2026-11-02 10:02', { hash }),
					...passkeySignIn(ann, '2026-11-20 09:00', hash)
				];
			},
			{ to: '2026-11-10' }
		);
		expect(users(rows)).toEqual(upTo('backed_up'));
	});

	it('looks for the upgrade on the ecosystem’s own devices', async () => {
		const rows = await funnelOf((p) => {
			const ann = user(p, 'microsoft', 'Windows');
			const onPhone = { ...ann, client_ecosystem: 'apple', os_name: 'iOS' };
			return [
				...legacySignIn(ann, '2026-11-02 10:00', 'windows_hello'),
				...registration(onPhone, '2026-11-02 10:02')
			];
		});
		expect(users(rows)).toEqual(upTo('legacy_active'));
	});
});

describe('what is told apart', () => {
	it('a creation without BE is started but not created', async () => {
		const rows = await funnelOf((p) => {
			const ann = user(p, 'microsoft', 'Windows');
			return [
				...legacySignIn(ann, '2026-11-02 10:00', 'windows_hello'),
				...registration(ann, '2026-11-02 10:02', { be: false, bs: false })
			];
		});
		expect(users(rows)).toEqual(upTo('started'));
	});

	it('automatic creates, prompted ones and unasked ones', async () => {
		const rows = await funnelOf((p) => {
			const [ann, ben, cat] = [user(p), user(p), user(p)];
			return [
				...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform'),
				...registration(ann, '2026-11-02 10:02', {}, { mediation: 'conditional' }),
				...legacySignIn(ben, '2026-11-02 10:00', 'apple_platform'),
				promptShown(ben, '2026-11-02 10:01'),
				...registration(ben, '2026-11-02 10:02'),
				...legacySignIn(cat, '2026-11-02 10:00', 'apple_platform'),
				...registration(cat, '2026-11-02 10:02')
			];
		});
		expect(rows.find((row) => row.step === 'eligible')).toMatchObject({
			users: 3,
			asked: 3,
			self: 0,
			automatic: 3
		});
		expect(rows.find((row) => row.step === 'backed_up')).toMatchObject({
			users: 3,
			asked: 2,
			self: 1,
			automatic: 1
		});
	});

	it('the filters name the cohort: its devices, its application, its ecosystem', async () => {
		const story = (p: string) => {
			const [ann, ben] = [user(p), user(p, 'google', 'Android')];
			return [
				...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform'),
				...legacySignIn(ben, '2026-11-02 10:00', 'android_platform')
			];
		};
		const classes = async (filters: object) => [
			...new Set((await funnelOf(story, filters)).map((row) => row.legacy_class))
		];
		expect(await classes({})).toEqual(['apple_platform', 'android_platform']);
		expect(await classes({ ecosystem: 'google' })).toEqual(['android_platform']);
		expect(await classes({ platform: 'iOS' })).toEqual(['apple_platform']);
		expect(await classes({ application: 'ios' })).toEqual([]);
	});

	it('an event sent twice, and a verdict before its page’s events, change nothing', async () => {
		const rows = await funnelOf((p) => {
			const [ann, hash] = [user(p), newHash()];
			const events = [
				...legacySignIn(ann, '2026-11-02 10:00', 'apple_platform'),
				...registration(ann, '2026-11-02 10:02', { hash }),
				...passkeySignIn(ann, '2026-11-03 09:00', hash)
			];
			return [...events].reverse().concat(events);
		});
		expect(users(rows)).toEqual(upTo('first_use'));
	});
});
