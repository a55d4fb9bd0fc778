import { database } from './database.ts';
import { queryAuthenticators } from './queries/authenticators.ts';

export type Authenticator = Awaited<ReturnType<typeof queryAuthenticators>>[number];

/** Which icon stands for a provider: the AAGUID it is kept under, and whether it has another for dark pages. */
export type ProviderIcons = Record<string, { aaguid: string; dark: boolean }>;

/** They change when an operator's list does, and every page asks. */
const KEPT_MS = 10_000;

let kept: { until: number; all: Promise<Authenticator[]> } | undefined;

/** Every authenticator model that the collectors know of, at most ten seconds old. */
export async function authenticators(): Promise<Authenticator[]> {
	if (!kept || Date.now() > kept.until)
		kept = { until: Date.now() + KEPT_MS, all: database().then((c) => queryAuthenticators(c, {})) };
	try {
		return await kept.all;
	} catch (error) {
		kept = undefined;
		throw error;
	}
}

/** One model; undefined when nothing is known of it. */
export async function findAuthenticator(aaguid: string): Promise<Authenticator | undefined> {
	return (await authenticators()).find((one) => one.aaguid === aaguid);
}

/** An icon for each provider that has one; of several models under one name, the first that has one stands for all. */
export async function providerIcons(): Promise<ProviderIcons> {
	const icons: ProviderIcons = {};
	for (const { name, aaguid, has_light, has_dark } of await authenticators())
		if (name && (has_light || has_dark)) icons[name] ??= { aaguid, dark: has_light && has_dark };
	return icons;
}
