/** Nobody who signs in waits longer for what only watches. */
const PATIENCE_MS = 1_000;

type CeremonyId = () => string | undefined;

let watching: Promise<CeremonyId | undefined> | undefined;
let ceremonyId: CeremonyId | undefined;

/** Has the SDK watch this page's ceremonies where sign-ins to Passlens are a project of their own. Without, and where it fails, nothing is loaded. */
export function watchCeremonies(): void {
	watching ??= start()
		.then((found) => (ceremonyId = found))
		.catch(() => undefined);
}

async function start(): Promise<CeremonyId | undefined> {
	const answer = await fetch('/sign-in/watched');
	const told = (await answer.json()) as { endpoint: string; projectKey: string } | null;
	if (!told || !isOurs()) return undefined;
	const sdk = await import('@passlens/sdk');
	sdk.init({ ...told, application: 'dashboard' });
	return sdk.ceremonyId;
}

/** The SDK has one state a page and its first `init` counts: whose that is stands at the document, because the playground has another project. */
const isOurs = () => (document.documentElement.dataset.sdk ??= 'dashboard') === 'dashboard';

/** Waits until ceremonies are watched, a moment at most. */
export async function untilWatching(): Promise<void> {
	watchCeremonies();
	await Promise.race([watching, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}

/** The ceremony that just ended, for the server's verdict; undefined where nobody watches. */
export const watchedCeremonyId = (): string | undefined => ceremonyId?.();
