/** What could be done next, told from the same rows that the pages show. */
import { failureName, type FailureIdentity } from '../failures/failure-words.ts';
import { OPEN_STATES } from '../failures/failure-list.ts';
import type { TriageState } from '../failures/triage-state.ts';
import type { UsersLost } from '../failures/users-lost.ts';
import type { Ecosystem } from '../filters.ts';
import { describeCause } from '../format/cause-names.ts';
import { enrolmentGap } from '../format/enrolment-gap.ts';
import { ENROLMENT_STEP_NAMES } from '../format/funnel-names.ts';
import { ECOSYSTEM_NAMES } from '../format/names.ts';
import { RISK_WORDS } from '../format/risk-names.ts';
import { gapsOf, upgradeAdvice } from '../format/upgrade-advice.ts';
import { LEGACY_CLASSES, sectionOf, UPGRADE_STEP_NAMES } from '../format/upgrade-names.ts';
import type { NextStep } from './next-step.ts';

interface Step {
	step: string;
	/** Null: not collected. */
	users: number | null;
}

/** Every gap on the way to a first passkey that is used. */
export function fromEnrolment(steps: readonly Step[]): NextStep[] {
	const known = steps.filter((step): step is Step & { users: number } => step.users !== null);
	return known.slice(1).map(({ step, users }, index) => {
		const before = known[index]!;
		return {
			...{ key: `enrolment:${step}`, area: 'Adoption' as const },
			...{ users: before.users - users, of: before.users },
			ofWhom: `who got as far as “${ENROLMENT_STEP_NAMES[before.step]!.name}”`,
			...enrolmentGap(before.step, step)!,
			page: { path: '/adoption', parameters: {} },
			list: { path: '/users', parameters: { funnel: 'enrolment', step } }
		};
	});
}

/** Of each legacy class the widest gap that a site can close. Passwords are the enrolment's users. */
export function fromUpgrades(
	rows: readonly { ecosystem: string; legacy_class: string; step: string; users: number }[]
): NextStep[] {
	const classes = Map.groupBy(
		rows.filter(({ legacy_class }) => legacy_class !== 'password'),
		({ ecosystem, legacy_class }) => `${legacy_class}:${ecosystem}`
	);
	return [...classes].flatMap(([key, steps]) => {
		const { ecosystem, legacy_class: legacyClass } = steps[0]!;
		const gap = gapsOf(steps).find(({ step }) => step !== 'eligible');
		const advice = gap && upgradeAdvice(legacyClass, gap.step);
		if (!advice) return [];
		const before = steps[steps.findIndex(({ step }) => step === gap.step) - 1]!;
		const name = LEGACY_CLASSES[legacyClass]?.name ?? legacyClass;
		return [
			{
				...{ key: `upgrade:${key}:${gap.step}`, area: 'Upgrades' as const },
				loss: `with a legacy credential (${name}) were lost before “${UPGRADE_STEP_NAMES[gap.step]!.name}”`,
				...{ users: gap.lost, of: before.users },
				ofWhom: `who got as far as “${UPGRADE_STEP_NAMES[before.step]!.name}”`,
				...advice,
				page: { path: '/upgrades', parameters: { section: sectionOf(steps[0]!) } },
				list: {
					path: '/users',
					parameters: { funnel: 'upgrade', step: gap.step, of: ecosystem, class: legacyClass }
				}
			}
		];
	});
}

const list = new Intl.ListFormat('en');

/** Who came on a system where no passkey of theirs works. */
export function fromStranded(
	rows: readonly { holds: string[]; system: string; users: number; holders_seen: number }[]
): NextStep[] {
	return rows.map(({ holds, system, users, holders_seen }) => {
		const theirs = list.format(holds.map((one) => ECOSYSTEM_NAMES[one as Ecosystem] ?? one));
		return {
			...{ key: `stranded:${holds.join(' ')}:${system}`, area: 'Sync coverage' as const },
			loss: `hold passkeys of ${theirs} and came on ${system}, where none of theirs works by itself`,
			...{ users, of: holders_seen, ofWhom: 'with a passkey who came' },
			advice: `Offer a second passkey on ${system} after they signed in another way or by their phone.`,
			why: 'A passkey reaches the devices of its ecosystem; elsewhere it takes the phone and a QR code.',
			page: { path: '/sync-coverage', parameters: {} },
			list: {
				path: '/users',
				parameters: { group: 'stranded', which: system, holds: holds.join(' ') }
			}
		};
	});
}

/** Who would be without a passkey if one device were lost. */
export function fromRisks({
	locked_out,
	holders
}: {
	locked_out: number;
	holders: number;
}): NextStep[] {
	const { advice, meaning } = RISK_WORDS.locked_out;
	return [
		{
			...{ key: 'risk:locked_out', area: 'Risk' },
			loss: 'would be without a passkey if they lost a single device',
			...{ users: locked_out, of: holders, ofWhom: 'with a passkey' },
			...{ advice, why: meaning },
			page: { path: '/risk', parameters: {} },
			list: { path: '/users', parameters: { group: 'risk', which: 'locked_out' } }
		}
	];
}

/** Failures that cost users beyond chance, and that nobody has resolved or set aside. */
export function fromFailures(
	groups: readonly (FailureIdentity & {
		group_id: string;
		state: TriageState;
		lost: UsersLost | undefined;
	})[]
): NextStep[] {
	return groups.flatMap((group) => {
		const { group_id, state, lost } = group;
		if (!lost || lost.low <= 0 || !OPEN_STATES.includes(state)) return [];
		const { meaning, todo } = describeCause(group.cause);
		const { low, high, estimate, people } = lost;
		return [
			{
				...{ key: `failure:${group_id}`, area: 'Failures' as const },
				loss: `more would have succeeded without “${failureName(group)}”`,
				...{ users: Math.round(estimate), of: people, ofWhom: 'who met it' },
				interval: { low: Math.round(low), high: Math.round(high) },
				advice: todo ?? 'Look at what is different about these ceremonies.',
				why: meaning,
				page: { path: `/failures/${group_id}`, parameters: {} }
			}
		];
	});
}
