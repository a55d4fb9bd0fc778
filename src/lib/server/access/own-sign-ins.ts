import { env } from '$env/dynamic/private';
import {
	createVerdictSender,
	simplewebauthn,
	type VerdictReason,
	type VerdictSender
} from '@passlens/sdk/server';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { OWN_PROJECT, readOwnSignIns } from '../../../../settings/own-sign-ins.ts';
import { listProjects } from '../../../../settings/projects.ts';
import { DEFAULT_COLLECTOR_URL } from '../playground/playground.ts';
import { settings } from '../settings.ts';
import { SignInError } from './sign-in-error.ts';

const collectorUrl = () => env.PASSLENS_COLLECTOR_URL || DEFAULT_COLLECTOR_URL;

/** What a page needs to tell of its ceremonies; undefined where sign-ins to Passlens are not watched, or not at this origin. */
export async function watchedFor(
	origin: string
): Promise<{ endpoint: string; projectKey: string } | undefined> {
	const store = await settings();
	if (!(await readOwnSignIns(store))?.watched) return undefined;
	const project = (await listProjects(store)).find(({ id }) => id === OWN_PROJECT);
	const [projectKey] = project?.ingestKeys ?? [];
	if (!project?.origins.includes(origin) || !projectKey) return undefined;
	return { endpoint: collectorUrl(), projectKey };
}

/** What the server said of a ceremony of its own page: whose it was, or why it refused. */
type Told = {
	/** Undefined: the page did not watch it. */
	ceremonyId: string | undefined;
} & ({ userRef: string; error?: undefined } | { error: unknown; userRef?: undefined }) &
	(
		| { type: 'authentication'; response: AuthenticationResponseJSON }
		| { type: 'registration'; response: RegistrationResponseJSON }
	);

/** What is refused before the verifier is asked. */
const REASONS: Readonly<Record<string, VerdictReason>> = {
	passkey_unknown: 'credential_unknown',
	challenge_unknown: 'challenge_expired'
};

/** Tells the collector, as any site's server does, so that nobody's sign-in waits for it or fails with it. */
export async function tellOwnCeremony(told: Told): Promise<void> {
	const { ceremonyId, userRef, error } = told;
	if (!ceremonyId) return;
	try {
		const sender = await ownSender();
		if (!sender) return;
		const of = { ceremonyId, ...(userRef && { userRef }) };
		const outcome =
			error === undefined ? { verification: { verified: true } } : { error: causeOf(error) };
		const reason = error instanceof SignInError ? REASONS[error.code] : undefined;
		const known = reason && { reason };
		if (told.type === 'authentication') {
			const verdict = simplewebauthn.authenticationVerdict({ response: told.response, ...outcome });
			sender.authentication({ ...of, ...withoutDetail(verdict), ...known });
		} else {
			const verdict = simplewebauthn.registrationVerdict({ response: told.response, ...outcome });
			sender.registration({ ...of, ...withoutDetail(verdict), ...known });
		}
	} catch (mistake) {
		console.error('A sign-in to Passlens could not be told to its own project:', mistake);
	}
}

const causeOf = (error: unknown) => (error instanceof Error ? (error.cause ?? error) : error);

/** What the verifier throws repeats what was signed: it is not told. */
function withoutDetail<Verdict extends { reasonDetail?: string }>(verdict: Verdict): Verdict {
	const plain = { ...verdict };
	delete plain.reasonDetail;
	return plain;
}

let opened: { key: string; sender: VerdictSender } | undefined;

async function ownSender(): Promise<VerdictSender | undefined> {
	const own = await readOwnSignIns(await settings());
	if (!own?.watched) return undefined;
	if (opened?.key !== own.serverKey) {
		void opened?.sender.close();
		const sender = createVerdictSender({ endpoint: collectorUrl(), serverKey: own.serverKey });
		opened = { key: own.serverKey, sender };
	}
	return opened.sender;
}

/** Sends what still waits: when the server stops. */
export async function closeOwnSignIns(): Promise<void> {
	await opened?.sender.close();
}
