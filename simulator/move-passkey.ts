import { createRandom } from './random.ts';
import type { Visit } from './visit.ts';
import type { HeldCredential } from './world/people.ts';
import { isServed, PROVIDERS } from './world/providers.ts';

/** Before signing in where a passkey's provider is not to be had, its person may have exported it to a password manager that is. */
export function considerMoving({ person, device, moves, daysBeforeEnd }: Visit): void {
	if (moves === 0 || device.browser === 'WebView') return;
	const here = person.devices.indexOf(device);
	const passkey = person.credentials.find(
		({ provider, discoverable, unknownToServer, takenTo }) =>
			discoverable &&
			!unknownToServer &&
			PROVIDERS[provider].backupEligible &&
			!isServed(provider, device.os) &&
			!takenTo.includes(here)
	);
	// By a luck of its own, so that nobody who takes nothing along does anything else for it.
	const luck = createRandom(`move:${person.ref}:${here}:${daysBeforeEnd}`);
	if (passkey && luck.chance(moves)) passkey.takenTo.push(here);
}

/** Whether it is here because its person took it along. */
export const isMoved = ({ person, device }: Visit, { takenTo }: HeldCredential): boolean =>
	takenTo.includes(person.devices.indexOf(device));
