import type { PromptMode, PromptPurpose } from '../sdk/event/index.ts';
import { createPasskey, createSilently } from './create-passkey.ts';
import type { PromptFact } from './facts.ts';
import { considerFastSignin } from './fast-sign-in.ts';
import { usableHere, type SigninResult } from './sign-in.ts';
import type { Visit } from './visit.ts';
import { canConditionalCreate } from './world/capabilities.ts';
import type { HeldCredential } from './world/people.ts';
import { acceptanceOfRelease } from './world/regressions.ts';

const DAY_MS = 86_400_000;
const MOST_SHOWINGS = 6;
const DAYS_BETWEEN_SHOWINGS = 6;
/** How many accept the first, second, … showing: the first offer is worth more than all later ones together. */
const ACCEPTANCE = [0.36, 0.2, 0.13, 0.09, 0.07, 0.05];

/** After signing in: the site offers a passkey, an upgrade, or tries one silently. */
export function considerEnrolling(visit: Visit, signin: SigninResult | undefined): void {
	const { person, random, release, device } = visit;
	if (!release.passkeys)
		return void (release.offersFastSignin && considerFastSignin(visit, signin));
	const known = usableHere(visit).filter(({ unknownToServer }) => !unknownToServer);
	if (known.some(({ discoverable }) => discoverable)) return;
	const legacy = known.find(({ discoverable }) => !discoverable);
	if (
		signin?.method === 'password' &&
		!legacy &&
		release.conditionalCreate &&
		canConditionalCreate(device, visit.daysBeforeEnd) &&
		random.chance(0.5)
	) {
		if (createSilently(visit)) return;
	}
	if (!visit.capabilities.webauthn || !random.chance(0.8)) return;
	const fromSettings = random.chance(0.05);
	const showings = legacy ? person.upgradeShowings : person.showings;
	const rested = visit.now - person.lastShowingAt > DAYS_BETWEEN_SHOWINGS * DAY_MS;
	if (!fromSettings && (showings >= MOST_SHOWINGS || !rested)) return;
	offer(visit, { legacy, fromSettings, afterPassword: signin !== undefined });
}

function offer(
	visit: Visit,
	{
		legacy,
		fromSettings,
		afterPassword
	}: { legacy: HeldCredential | undefined; fromSettings: boolean; afterPassword: boolean }
) {
	const { person, random, release, device } = visit;
	const purpose: PromptPurpose = legacy ? 'upgrade' : 'enroll';
	const showing = legacy ? ++person.upgradeShowings : ++person.showings;
	person.lastShowingAt = visit.now;
	const automatic = release.automaticOnAndroid && device.os === 'Android' && !fromSettings;
	const mode: PromptMode = automatic ? 'automatic' : 'manual';
	const prompt = {
		prompt_id: visit.pageId(),
		purpose,
		mode,
		showing_number: showing,
		placement: fromSettings ? 'account-settings' : afterPassword ? 'after-sign-in' : 'home-banner'
	};
	visit.newFlow();
	visit.pass(1.5);
	visit.page({ type: 'prompt.shown', ...prompt });
	const fact: PromptFact = {
		kind: 'prompt',
		at: visit.now,
		user: visit.knownUser(),
		client: visit.client,
		id: prompt.prompt_id,
		purpose,
		mode,
		placement: prompt.placement,
		showing,
		answer: 'none'
	};
	visit.facts.push(fact);
	const answer = (type: 'accepted' | 'dismissed') => {
		visit.page({ type: `prompt.${type}`, ...prompt });
		fact.answer = type;
	};

	const willing = Math.min(
		0.92,
		(ACCEPTANCE[showing - 1] ?? 0.04) *
			person.openness *
			appeal(visit) *
			acceptanceOfRelease(visit) *
			(fromSettings ? 2.2 : 1) *
			(afterPassword ? 1 : 0.6) *
			(person.offerCopy === 'short' ? 1.2 : 0.8) *
			(legacy ? 1.25 : 1)
	);
	const accepts = random.chance(willing);
	visit.pass(accepts ? 4 : 3);
	if (!accepts) return void (random.chance(0.72) && answer('dismissed'));
	answer('accepted');
	visit.pass(0.3);
	createPasskey(visit, { promptId: prompt.prompt_id, legacy });
}

/** Where an offer meets less friction it is taken more often. */
function appeal({ device, release }: Visit): number {
	if (device.os === 'Android') return release.automaticOnAndroid ? 1.45 : 0.85;
	return { iOS: 1.25, iPadOS: 1.1, macOS: 1, ChromeOS: 0.9, Windows: 0.68, Linux: 0.5 }[device.os];
}
