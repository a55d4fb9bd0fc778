import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeDataDir } from '../migrations/testing/make-data-dir.ts';
import type { AuthenticatorKind } from './support/authenticators.ts';
import { launchBrowser } from './support/browser.ts';
import type { ShownCeremony } from './support/ceremony-page.ts';
import { openFigureReader, type FigureReader } from './support/figure-reader.ts';
import { movement, type Movement } from './support/figures.ts';
import {
	CAPABLE,
	counted,
	DECIDED,
	CREATED_AND_OFFERED,
	firstOffer,
	firstPasskey,
	heldCredential,
	LINUX,
	listedCredential,
	MAC,
	newUser,
	OUTCOME_NAMES,
	PASSWORD_SIGN_IN,
	REFUSED_ILLEGAL,
	sum,
	UNTOUCHED,
	TOOK_OFFER,
	USED_AFTER_ENROLMENT
} from './support/moves.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { visitPlayground, type Visitor } from './support/playground.ts';
import { becomes, created, registered, signedIn, upgradeSteps } from './support/story-moves.ts';
import { until } from './support/until.ts';

// Each step reads every page, as often as the figures need to arrive: on a slow machine a story takes its time.
vi.setConfig({ testTimeout: 180_000 });

/** A ceremony that ends as one wishes; tests name what differs. */
const SUCCEEDED = {
	outcome: 'succeeded' as const,
	flags: 'UP1 UV1 BE1 BS1',
	crossDevice: false,
	uncounted: false,
	timeline: 'started finished verdict'
};
const REGISTRATION: ShownCeremony = { ...SUCCEEDED, type: 'Registration' };
const SIGN_IN: ShownCeremony = {
	...SUCCEEDED,
	type: 'Sign-in',
	timeline: 'started finished verdict sign-in'
};
/** A ceremony that gave no response. */
const ENDED = { crossDevice: false, uncounted: false, timeline: 'started finished' };

let passlens: Passlens;
let browser: Browser;
let reader: FigureReader;
const visitors: Visitor[] = [];

beforeAll(async () => {
	const dataDir = await makeDataDir();
	const config = join(dataDir, 'passlens.config.yaml');
	// The Mac of the upgrade is one of today that makes what only older ones did.
	await writeFile(config, 'legacy_versions: { macos: any }\n');
	passlens = await startPasslens({ dataDir, config });
	browser = await launchBrowser();
	reader = await openFigureReader({ browser, passlens, project: 'playground' });
	await everythingOnce();
	await reader.settle();
});
afterAll(async () => {
	await browser?.close();
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));
// What a failed test left unread is not the next one's.
afterEach(async ({ task }) => {
	if (task.result?.state !== 'fail') return;
	for (const visitor of visitors) {
		if (visitor.page.isClosed()) continue;
		process.stderr.write(`── The playground of ${visitor.name} ──\n${await visitor.describe()}\n`);
		await visitor.close();
	}
	await reader.settle();
});

describe('a synced passkey', () => {
	it('is registered and signs in', async () => {
		const visitor = await visit('synced');
		await signUp(visitor);
		await expectMoves({
			visitor,
			ceremony: REGISTRATION,
			moves: sum(UNTOUCHED, registered({ state: 'synced' }))
		});

		await visitor.press('sign-out');
		await signIn(visitor);
		await expectMoves({
			visitor,
			ceremony: SIGN_IN,
			moves: sum(UNTOUCHED, signedIn())
		});
		await visitor.leave();
	});

	it('signs in from autofill', async () => {
		const visitor = await visitWithPasskey();
		await visitor.authenticator.touchAutomatically(true);
		await visitor.press('sign-out');
		await visitor.page.getByTestId('signed-in-as').waitFor();
		await expectMoves({
			visitor,
			kind: 'autofill',
			ceremony: SIGN_IN,
			moves: sum(arrivedWithPasskey(), signedIn())
		});
		await visitor.leave();
	});

	it('left untouched in autofill is in no rate, also when the page is left', async () => {
		const visitor = await visit('synced');
		const untouched: ShownCeremony = {
			type: 'Sign-in',
			outcome: 'untouched',
			crossDevice: false,
			uncounted: true,
			timeline: 'started finished'
		};
		await expectMoves({ visitor, kind: 'autofill', ceremony: untouched, moves: UNTOUCHED });

		const id = await visitor.newestCeremony('autofill');
		await visitor.leave();
		await reader.awaitRollup();
		expect(await reader.ceremony(id)).toMatchObject({ outcome: 'untouched', uncounted: true });
		expect(movement(reader.last, await reader.read())).toEqual({});
	});

	it('of a phone registers and signs in across devices', async () => {
		const visitor = await visit('phone');
		await signUp(visitor);
		await expectMoves({
			visitor,
			ceremony: { ...REGISTRATION, crossDevice: true },
			moves: registered({ state: 'synced', capable: false })
		});

		await visitor.press('sign-out');
		await signIn(visitor);
		await expectMoves({
			visitor,
			ceremony: { ...SIGN_IN, crossDevice: true },
			moves: signedIn()
		});
		await visitor.leave();
	});
});

describe('a passkey that is not backed up', () => {
	it('because it lives on a security key, is device-bound at registration and sign-in', async () => {
		const visitor = await visit('securityKey');
		await signUp(visitor);
		await expectMoves({
			visitor,
			ceremony: { ...REGISTRATION, flags: 'UP1 UV1 BE0 BS0' },
			// Chromium offers autofill only where the device itself keeps passkeys: no request waits.
			moves: registered({ state: 'device_bound', ecosystem: 'Security keys', capable: false })
		});

		await visitor.press('sign-out');
		await signIn(visitor);
		await expectMoves({
			visitor,
			ceremony: { ...SIGN_IN, flags: 'UP1 UV1 BE0 BS0' },
			moves: signedIn(LINUX, { backedUp: false })
		});
		await visitor.leave();
	});

	it('yet, counts as synced from the sign-in that shows its backup', async () => {
		const visitor = await visit('syncable');
		await signUp(visitor);
		await expectMoves({
			visitor,
			ceremony: { ...REGISTRATION, flags: 'UP1 UV1 BE1 BS0' },
			moves: sum(UNTOUCHED, registered({ state: 'syncable' }))
		});

		await visitor.press('sign-out');
		await visitor.authenticator.setBackupState(true);
		await signIn(visitor);
		await expectMoves({
			visitor,
			ceremony: SIGN_IN,
			moves: sum(UNTOUCHED, signedIn(), becomes({ from: 'syncable', to: 'synced' }))
		});
		await visitor.leave();
	});
});

describe('a ceremony that fails', () => {
	it('because the device holds an excluded credential, says so with certainty', async () => {
		const visitor = await visitWithPasskey();
		await visitor.authenticator.touchAutomatically(true);
		expect(await visitor.press('add-passkey')).toContain('InvalidStateError');
		await expectMoves({
			visitor,
			ceremony: {
				...ENDED,
				type: 'Registration',
				outcome: 'failed',
				cause: 'already_registered',
				confidence: 'certain',
				error: 'InvalidStateError'
			},
			moves: sum(arrivedWithPasskey(), counted('failed'))
		});
		await visitor.leave();
	});

	it('because user verification is refused, is a possibility told with its evidence', async () => {
		const visitor = await visitWithPasskey('securityKey');
		await visitor.press('sign-out');
		await visitor.choose('user-verification', 'required');
		await visitor.authenticator.verifyUser(false);
		expect(await signIn(visitor)).toContain('NotAllowedError');
		await expectMoves({
			visitor,
			ceremony: {
				...ENDED,
				type: 'Sign-in',
				outcome: 'failed',
				cause: 'user_verification_unavailable',
				confidence: 'possible',
				error: 'NotAllowedError'
			},
			moves: sum(arrivedWithKey(), counted('failed'))
		});
		await visitor.leave();
	});

	it('because the page aborts it, is neither an error nor a cancellation', async () => {
		const visitor = await visitWithPasskey();
		await visitor.openOptions();
		expect(await visitor.press('abort-after-1s')).toContain('AbortError');
		await expectMoves({
			visitor,
			ceremony: {
				...ENDED,
				type: 'Registration',
				outcome: 'aborted',
				cause: 'aborted_by_page',
				confidence: 'certain',
				error: 'AbortError'
			},
			moves: sum(arrivedWithPasskey(), counted('aborted'))
		});
		await visitor.leave();
	});
});

describe('a response the server refuses', () => {
	it('for its impossible flags makes a credential that is listed and counts nowhere else', async () => {
		const visitor = await visit('illegal');
		await visitor.fillIn({ name: visitor.name });
		await visitor.authenticator.touchAutomatically(true);
		expect(await visitor.press('sign-up')).toContain('BS without BE');
		await expectMoves({
			visitor,
			ceremony: {
				...REGISTRATION,
				outcome: 'rejected',
				cause: 'backup_flags_invalid',
				confidence: 'certain',
				flags: 'UP1 UV1 BE0 BS1'
			},
			moves: sum(UNTOUCHED, newUser(LINUX), CAPABLE, counted('rejected'), DECIDED, REFUSED_ILLEGAL)
		});
		await visitor.leave();
	});

	it('for its bad signature leaves the passkey as it was', async () => {
		const visitor = await visitWithPasskey('securityKey');
		await visitor.press('sign-out');
		await visitor.authenticator.breakSignatures(true);
		expect(await signIn(visitor)).toContain('signature');
		await expectMoves({
			visitor,
			ceremony: {
				...SIGN_IN,
				outcome: 'rejected',
				flags: 'UP1 UV1 BE0 BS0',
				cause: 'signature_invalid',
				confidence: 'certain',
				timeline: 'started finished verdict'
			},
			moves: sum(arrivedWithKey(), counted('rejected'), DECIDED)
		});
		await visitor.leave();
	});
});

describe('an upgrade', () => {
	it('of a legacy Apple credential, overwritten under the same user id, goes through all nine steps', async () => {
		const steps = {
			funnel: 'apple_platform:apple',
			label: 'Apple platform credential, Apple'
		} as const;
		const visitor = await visit('devicePlatform', 'mac');
		await signUp(visitor);
		await expectMoves({
			visitor,
			ceremony: { ...REGISTRATION, flags: 'UP1 UV1 BE0 BS0' },
			moves: sum(UNTOUCHED, registered({ state: 'device_bound', device: MAC }))
		});

		await visitor.press('sign-out');
		await signIn(visitor);
		await expectMoves({
			visitor,
			ceremony: { ...SIGN_IN, flags: 'UP1 UV1 BE0 BS0' },
			moves: sum(
				UNTOUCHED,
				signedIn(MAC, { backedUp: false }),
				firstOffer(MAC),
				// The funnel asks for an order, and this passkey was there before the offer.
				CREATED_AND_OFFERED,
				upgradeSteps({ ...steps, steps: ['legacy_active', 'eligible', 'offered'] })
			)
		});

		visitor.authenticator = await visitor.authenticator.replaceBy('synced');
		expect(await visitor.press('offer-accept')).toContain('overwrote');
		await visitor.authenticator.touchAutomatically(false);
		await expectMoves({
			visitor,
			ceremony: { ...REGISTRATION, timeline: 'shown accepted started finished verdict' },
			moves: sum(
				created(),
				TOOK_OFFER,
				becomes({ from: 'device_bound', to: 'synced', device: MAC, replaced: true }),
				upgradeSteps({ ...steps, steps: ['started', 'created', 'verified', 'backed_up'] })
			)
		});

		await visitor.press('sign-out');
		await signIn(visitor);
		await expectMoves({
			visitor,
			ceremony: SIGN_IN,
			moves: sum(
				UNTOUCHED,
				signedIn(MAC),
				USED_AFTER_ENROLMENT,
				upgradeSteps({ ...steps, steps: ['first_use', 'retired'] })
			)
		});
		await visitor.leave();
	});

	it('from a password by the site’s own prompt moves both funnels', async () => {
		const steps = { funnel: 'password:unknown', label: 'Password, Unknown' } as const;
		const visitor = await visit('synced');
		await visitor.fillIn({ name: visitor.name, password: visitor.password });
		await visitor.press('sign-up');
		await expectMoves({
			visitor,
			moves: sum(
				UNTOUCHED,
				newUser(LINUX),
				CAPABLE,
				PASSWORD_SIGN_IN,
				firstOffer(LINUX),
				upgradeSteps({ ...steps, steps: ['legacy_active', 'eligible', 'offered'] })
			)
		});

		await visitor.press('sign-out');
		await visitor.fillIn({ name: visitor.name, password: visitor.password });
		await visitor.press('sign-in-password');
		await expectMoves({
			visitor,
			moves: sum(UNTOUCHED, PASSWORD_SIGN_IN, { 'adoption.adoption-prompts.Second.Shown': 1 })
		});

		await visitor.authenticator.touchAutomatically(true);
		await visitor.press('offer-accept');
		await visitor.authenticator.touchAutomatically(false);
		await expectMoves({
			visitor,
			ceremony: { ...REGISTRATION, timeline: 'shown accepted started finished verdict' },
			moves: sum(
				created(),
				CREATED_AND_OFFERED,
				TOOK_OFFER,
				firstPasskey(LINUX),
				listedCredential('synced'),
				heldCredential({ state: 'synced', device: LINUX }),
				upgradeSteps({ ...steps, steps: ['started', 'created', 'verified', 'backed_up'] })
			)
		});

		await visitor.press('sign-out');
		await signIn(visitor);
		await expectMoves({
			visitor,
			ceremony: SIGN_IN,
			moves: sum(
				UNTOUCHED,
				signedIn(),
				USED_AFTER_ENROLMENT,
				upgradeSteps({ ...steps, steps: ['first_use'] })
			)
		});
		await visitor.leave();
	});
});

/** One visitor who does a bit of everything, so that no figure is there for the first time in a test. */
async function everythingOnce(): Promise<void> {
	const visitor = await visit('synced');
	await visitor.fillIn({ name: visitor.name, password: visitor.password });
	await visitor.press('sign-up');
	await visitor.press('sign-out');
	await visitor.fillIn({ name: visitor.name, password: visitor.password });
	await visitor.press('sign-in-password');
	await visitor.authenticator.touchAutomatically(true);
	await visitor.press('offer-accept');
	await visitor.authenticator.touchAutomatically(false);
	await visitor.press('sign-out');
	await signIn(visitor);
	await visitor.leave();
}

/** Somebody whose autofill request, where the browser offers one, waits untouched, as it does for people. */
async function visit(authenticator: AuthenticatorKind, device: 'linux' | 'mac' = 'linux') {
	const visitor = await visitPlayground({ browser, passlens, authenticator, device });
	visitors.push(visitor);
	await visitor.waitForAutofill();
	return visitor;
}

/** Somebody who has a passkey and is signed in. */
async function visitWithPasskey(authenticator: AuthenticatorKind = 'synced'): Promise<Visitor> {
	const visitor = await visit(authenticator);
	await signUp(visitor);
	return visitor;
}

/** What `visitWithPasskey` moves: part of what the next step must have moved. */
const arrivedWithPasskey = () => sum(UNTOUCHED, registered({ state: 'synced' }));
/** The same with a security key. Nothing waits in autofill there, so a failed sign-in stays alone. */
const arrivedWithKey = () =>
	registered({ state: 'device_bound', ecosystem: 'Security keys', capable: false });

/** Makes an account that has a passkey and no password. */
async function signUp(visitor: Visitor): Promise<void> {
	await visitor.fillIn({ name: visitor.name, password: '' });
	await visitor.authenticator.touchAutomatically(true);
	expect(await visitor.press('sign-up')).toContain('Passkey kept');
	await visitor.authenticator.touchAutomatically(false);
}

/** Signs in by name, so that the request lists the account's passkeys. */
async function signIn(visitor: Visitor): Promise<string> {
	// Otherwise the touch may answer the autofill request, which is only just being made.
	await visitor.waitForAutofill();
	await visitor.fillIn({ name: visitor.name });
	await visitor.authenticator.touchAutomatically(true);
	const said = await visitor.press('sign-in-passkey');
	await visitor.authenticator.touchAutomatically(false);
	return said;
}

/** The visitor's newest ceremony stands so on its page and once on the list, and exactly these figures have moved since the last step. */
async function expectMoves({
	visitor,
	kind = 'asked',
	ceremony,
	moves
}: {
	visitor: Visitor;
	kind?: 'asked' | 'autofill';
	/** Absent: the step was no ceremony. */
	ceremony?: ShownCeremony;
	moves: Movement;
}): Promise<void> {
	// Looking at the spool costs nothing, a page that comes too early a second of a processor.
	await reader.awaitRollup();
	if (ceremony) {
		const id = await visitor.newestCeremony(kind);
		await until(async () => expect(await reader.ceremony(id)).toEqual(ceremony));
		const outcome = new RegExp(`^${OUTCOME_NAMES[ceremony.outcome]}\\b`);
		expect(await reader.listedOutcomes(id)).toEqual([expect.stringMatching(outcome)]);
	}
	await until(async () => expect(movement(reader.last, await reader.read())).toEqual(moves));
	reader.keep();
}
