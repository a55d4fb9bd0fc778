import { createHash } from 'node:crypto';
import { createRandom, type Random } from '../random.ts';
import { createDevice, majorOf, type Device } from './client.ts';
import { PROVIDERS, type Manager, type ProviderId } from './providers.ts';

/** A credential as the relying party's database would hold it, plus where it physically is. */
export interface HeldCredential {
	/** The one-way reference of the contract. */
	ref: string;
	provider: ProviderId;
	/** Index of the device it is bound to; a security key travels with its person: -1. */
	home: number;
	/** Devices where another password manager holds it as well, by index: its person took it there. */
	takenTo: number[];
	backedUp: boolean;
	/** The RP asked for a discoverable credential and got one. */
	discoverable: boolean;
	createdAt: number;
	uses: number;
	/** The site's server does not hold it (any more): removed there, or refused at registration. The device still offers it. */
	unknownToServer: boolean;
	/** The zero AAGUID is what the browser showed, whatever the provider's is. */
	aaguid: string;
	transports: readonly string[];
}

export type OfferCopy = 'short' | 'long';

export interface Person {
	ref: string;
	/** Told with every event that names the person, as the tag `role`. */
	role: Role | undefined;
	random: Random;
	devices: Device[];
	manager: Manager;
	/** Days between two visits, on average. */
	rhythm: number;
	/** Multiplies what rarely happens; see Scenario. */
	trouble: number;
	/** How they sign in without a passkey. */
	habit: 'password' | 'social' | 'otp' | 'magic_link';
	/** How willing they are to accept an offer: 1 is the average. */
	openness: number;
	/** The words of the offer they see: an experiment that the site runs. */
	offerCopy: OfferCopy;
	ownsSecurityKey: boolean;
	credentials: HeldCredential[];
	/** Enrolment prompts shown so far, and when the last was. */
	showings: number;
	upgradeShowings: number;
	lastShowingAt: number;
	lastVisitAt: number;
	lastDevice: number;
	/** Visits with a clock that is wrong: minutes fast or slow, for a few people. */
	clockSkewMs: number;
}

/** Makes a person from the seed and their number alone, so that more users never change the first ones. */
export function createPerson({
	seed,
	index,
	trouble = 1,
	manyDevices = false
}: {
	seed: string;
	index: number;
	trouble?: number;
	manyDevices?: boolean;
}): Person {
	const random = createRandom(`${seed}:person:${index}`);
	const devices = manyDevices ? oneOfEach(random) : chooseDevices(random);
	const ref = hashReference('user', `person-${index}`);
	const person: Person = {
		ref,
		role: roleOf(ref),
		random,
		devices,
		trouble,
		offerCopy: index % 2 === 0 ? 'short' : 'long',
		manager: random.weighted<Manager>([
			['platform', 87],
			['onepassword', 5],
			['bitwarden', 5],
			['dashlane', 3]
		]),
		rhythm: Math.min(60, Math.max(1.2, random.around(9, 0.7))),
		habit: random.weighted([
			['password', 70],
			['social', 17],
			['otp', 8],
			['magic_link', 5]
		]),
		openness: random.around(1, 0.4),
		ownsSecurityKey: devices.some(isDesktop) && random.chance(0.03),
		credentials: [],
		showings: 0,
		upgradeShowings: 0,
		lastShowingAt: 0,
		lastVisitAt: 0,
		lastDevice: -1,
		clockSkewMs: random.chance(0.012 * trouble)
			? random.pick([-1, 1]) * random.int(20_000, 5_400_000)
			: 0
	};
	addEarlierCredentials(person);
	return person;
}

export type Role = 'admin' | 'support';

/** What the shop's staff may do there; of a customer nothing. It follows from the reference alone, so nobody else's luck depends on it. */
export function roleOf(ref: string): Role | undefined {
	return createRandom(`role:${ref}`).weighted<Role | undefined>([
		[undefined, 92],
		['support', 5],
		['admin', 3]
	]);
}

export const isDesktop = ({ os }: Device) =>
	os === 'macOS' || os === 'Windows' || os === 'Linux' || os === 'ChromeOS';

/** The contract's one-way reference: base64url(sha256("passlens:<kind>:" + value)). */
export function hashReference(kind: 'user' | 'credential', value: string | Uint8Array): string {
	return createHash('sha256').update(`passlens:${kind}:`).update(value).digest('base64url');
}

function chooseDevices(random: Random): Device[] {
	const phone = random.chance(0.5) ? 'iphone' : 'android';
	const desktop = random.weighted(
		phone === 'iphone'
			? ([
					['windows', 50],
					['mac', 43],
					['chromebook', 3],
					['linux', 4]
				] as const)
			: ([
					['windows', 74],
					['mac', 13],
					['chromebook', 6],
					['linux', 7]
				] as const)
	);
	const count = random.weighted([
		[1, 44],
		[2, 44],
		[3, 12]
	]);
	if (count === 1) return [createDevice(random.chance(0.74) ? phone : desktop, random, 1)];
	const share = 0.4 + random.next() * 0.4;
	if (count === 2)
		return [createDevice(phone, random, share), createDevice(desktop, random, 1 - share)];
	const third =
		phone === 'iphone' && random.chance(0.6) ? 'ipad' : desktop === 'windows' ? 'mac' : 'windows';
	return [
		createDevice(phone, random, share * 0.85),
		createDevice(desktop, random, (1 - share) * 0.85),
		createDevice(third, random, 0.15)
	];
}

function oneOfEach(random: Random): Device[] {
	const kinds = [random.chance(0.5) ? 'iphone' : 'android', 'ipad', 'windows', 'mac'] as const;
	return kinds.map((kind) => createDevice(kind, random, 1 / kinds.length));
}

/** Some people used the site's earlier "fast sign-in" with a platform authenticator or a U2F key, before anyone watched. */
function addEarlierCredentials(person: Person) {
	const { random, devices } = person;
	devices.forEach((device, home) => {
		const class_ = earlierProvider(device);
		if (class_ && random.chance(EARLIER_SHARE[class_] ?? 0))
			person.credentials.push(hold({ person, provider: class_, home, createdAt: 0 }));
	});
	if (person.ownsSecurityKey && random.chance(0.45))
		person.credentials.push(hold({ person, provider: 'u2f_key', home: -1, createdAt: 0 }));
}

const EARLIER_SHARE: Partial<Record<ProviderId, number>> = {
	apple_legacy: 0.07,
	android_legacy: 0.06,
	chrome_mac_profile: 0.09,
	windows_hello: 0.08
};

/** What the site's earlier release would have registered on this device: device-bound, not discoverable. */
export function earlierProvider({ os, browser, osVersion }: Device): ProviderId | undefined {
	if (browser === 'WebView') return undefined;
	if (os === 'iOS' || os === 'iPadOS' || (os === 'macOS' && browser === 'Safari'))
		return 'apple_legacy';
	if (os === 'macOS' && browser === 'Chrome') return 'chrome_mac_profile';
	if (os === 'Android' && majorOf(osVersion) >= 8 && browser !== 'Firefox') return 'android_legacy';
	return os === 'Windows' ? 'windows_hello' : undefined;
}

/** A new credential in this person's hands; the caller decides whether the site's server keeps it. */
export function hold({
	person,
	provider,
	home,
	createdAt,
	discoverable = false,
	aaguid = PROVIDERS[provider].aaguid,
	backedUp = false
}: {
	person: Person;
	provider: ProviderId;
	home: number;
	createdAt: number;
	discoverable?: boolean;
	aaguid?: string;
	backedUp?: boolean;
}): HeldCredential {
	return {
		ref: hashReference('credential', person.random.bytes(16)),
		provider,
		home,
		takenTo: [],
		backedUp,
		discoverable,
		createdAt,
		uses: 0,
		unknownToServer: false,
		aaguid,
		transports: PROVIDERS[provider].transports
	};
}
