/** A version of the imagined site, and what it changed for passkeys. */
export interface Release {
	name: string;
	/** Share of the simulated days that had passed when it went live. */
	from: number;
	/** Passkeys are offered, and autofill proposes them. */
	passkeys: boolean;
	/** The old device-bound "fast sign-in" is still offered to those without it. */
	offersFastSignin: boolean;
	/** Lists legacy credentials in excludeCredentials, which blocks their own upgrade. */
	excludesLegacy: boolean;
	/** On Android the offer opens by itself, as a page of its own, instead of waiting behind a banner. */
	automaticOnAndroid: boolean;
	/** Tries a conditional create after password sign-ins. */
	conditionalCreate: boolean;
}

const before: Omit<Release, 'name' | 'from'> = {
	passkeys: false,
	offersFastSignin: true,
	excludesLegacy: false,
	automaticOnAndroid: false,
	conditionalCreate: false
};
const launch = { ...before, passkeys: true, offersFastSignin: false };

/** The rollout, oldest first. Each is the answer to something the one before it showed on the dashboard. What a release broke: `regressions.ts`. */
export const RELEASES: readonly Release[] = [
	{ ...before, name: '2.2.4', from: 0 },
	{ ...launch, name: '2.3.0', from: 0.12, excludesLegacy: true },
	{ ...launch, name: '2.3.2', from: 0.3 },
	{ ...launch, name: '2.4.0', from: 0.5, automaticOnAndroid: true, conditionalCreate: true },
	{ ...launch, name: '2.5.0', from: 0.82, automaticOnAndroid: true, conditionalCreate: true }
];

/** The version live at a share of the simulated time. */
export function releaseAt(share: number): Release {
	return RELEASES.findLast(({ from }) => share >= from) ?? RELEASES[0]!;
}
