/** What to do about the users lost before a step of an upgrade, and why; in general, and where a class has its own reason. */
export interface Advice {
	advice: string;
	why: string;
}

const BEFORE: Record<string, Advice> = {
	eligible: {
		advice: 'Leave them as they are for now, and ask again when their system is newer.',
		why: 'No client of theirs is known to create a synced passkey, or they have one there already.'
	},
	offered: {
		advice: 'Show the offer after the next sign-in with the old credential.',
		why: 'They came, could upgrade, and were never asked: no prompt was shown and no automatic create was tried.'
	},
	started: {
		advice: 'Ask at another moment or with other words; see which placement earns under Prompts.',
		why: 'They saw the offer and did not take it up.'
	},
	created: {
		advice:
			'Look at their failed registrations; list only credentials that can sync in excludeCredentials.',
		why: 'The dialog opened and no passkey that can sync came of it: cancelled, failed, or a device-bound one was made.'
	},
	verified: {
		advice: 'Look at what the server refused.',
		why: 'The browser made a passkey and the server did not keep it.'
	},
	backed_up: {
		advice: 'Keep the old credential until the BS flag is seen set.',
		why: 'The passkey is made but not backed up yet, often because the provider’s sync is off.'
	},
	first_use: {
		advice: 'Offer the passkey first on the sign-in page, by autofill.',
		why: 'They have it and still sign in the old way.'
	},
	retired: {
		advice: 'Revoke the old credential and tell the provider by signalAllAcceptedCredentials.',
		why: 'The new one is in use; the old one still signs in, and is still offered.'
	}
};

const OF_CLASS: Record<string, Record<string, Advice>> = {
	apple_platform: {
		created: {
			advice:
				'Register with the same user id, and leave the old credential out of excludeCredentials.',
			why: 'Apple replaces a credential of the same user id by the synced passkey; one that is excluded blocks that.'
		}
	},
	windows_hello: {
		created: {
			advice: 'Offer it on the phone, or where Microsoft’s or another synced provider is set up.',
			why: 'Windows Hello by itself makes another device-bound credential.'
		}
	},
	u2f_key: {
		started: {
			advice: 'Offer a passkey beside the key, not instead of it.',
			why: 'Who chose a key trusts it: it stays as the backup.'
		}
	},
	password: {
		offered: {
			advice: 'Try a conditional create right after the password sign-in, then prompt.',
			why: 'It costs nobody a click, and they were not asked in any other way.'
		}
	}
};

/** For the users who got to the step before `step` and no further. */
export function upgradeAdvice(legacyClass: string, step: string): Advice | undefined {
	return OF_CLASS[legacyClass]?.[step] ?? BEFORE[step];
}

/** The steps before which users are lost, where most are first. */
export function gapsOf(
	steps: readonly { step: string; users: number }[]
): { step: string; lost: number }[] {
	return steps
		.slice(1)
		.map(({ step, users }, index) => ({ step, lost: steps[index]!.users - users }))
		.filter(({ lost }) => lost > 0)
		.toSorted((a, b) => b.lost - a.lost);
}

const AUTOMATIC: Record<string, string> = {
	apple: '42–62 % on iOS, 28–43 % on macOS',
	google: '7–11 % on Android',
	microsoft: '12–18 % on Windows'
};

/** How often others' automatic creates succeed there, with the source; empty: nobody has published that. */
export const automaticElsewhere = (ecosystem: string): string =>
	AUTOMATIC[ecosystem]
		? `Others’ figure for made: ${AUTOMATIC[ecosystem]} (Corbado benchmark, 2026).`
		: '';
