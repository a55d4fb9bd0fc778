import { runCeremony } from './ceremony.ts';
import type { SigninResult } from './sign-in.ts';
import type { Visit } from './visit.ts';
import { earlierProvider, hold } from './world/people.ts';

/** Before passkeys: the old "fast sign-in" makes a device-bound credential in this browser. */
export function considerFastSignin(visit: Visit, signin: SigninResult | undefined) {
	const { device, person, random } = visit;
	const provider = earlierProvider(device);
	// Apple's systems sync whatever is made on them today, so the old offer is not shown there.
	if (signin?.method !== 'password' || !provider || provider === 'apple_legacy') return;
	const home = person.devices.indexOf(device);
	if (person.credentials.some((held) => held.home === home) || !random.chance(0.02)) return;
	visit.newFlow();
	visit.pass(6);
	const credential = hold({
		person,
		provider: person.ownsSecurityKey && random.chance(0.5) ? 'u2f_key' : provider,
		home,
		createdAt: visit.now
	});
	if (credential.provider === 'u2f_key') credential.home = -1;
	const request = {
		resident_key: 'discouraged' as const,
		exclude_count: 0,
		...(credential.home !== -1 && { requested_attachment: 'platform' as const })
	};
	runCeremony({
		visit,
		type: 'registration',
		request,
		ending: { kind: 'response', credential, elapsedMs: Math.round(random.around(5_500)) }
	});
	person.credentials.push(credential);
}
