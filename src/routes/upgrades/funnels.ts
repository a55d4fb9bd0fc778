import { sectionOf, UPGRADE_SECTIONS, type UpgradeSection } from '$lib/format/upgrade-names.ts';
import type { queryUpgradeFunnel, UpgradeStep } from '$lib/server/queries/upgrade-funnel.ts';
import type { queryUpgradeOutcomes } from '$lib/server/queries/upgrade-outcomes.ts';

export type FunnelRow = Awaited<ReturnType<typeof queryUpgradeFunnel>>[number];
export type OutcomeRow = Awaited<ReturnType<typeof queryUpgradeOutcomes>>[number];

/** How the passkey was asked for: any way; by prompt or unasked; by conditional create. */
export const MODES = ['all', 'asked', 'automatic'] as const;
export type Mode = (typeof MODES)[number];

/** The funnel of one legacy class in one ecosystem. */
export interface Funnel {
	key: string;
	ecosystem: string;
	legacyClass: string;
	section: UpgradeSection;
	/** Passwords end at the first use: nothing of theirs is retired that a passkey system could see. */
	steps: FunnelRow[];
	outcomes: OutcomeRow | undefined;
}

/** One funnel a class and ecosystem, in the order of the sections and by size within each. */
export function toFunnels(rows: readonly FunnelRow[], outcomes: readonly OutcomeRow[]): Funnel[] {
	const groups = Map.groupBy(rows, ({ ecosystem, legacy_class }) => `${legacy_class}:${ecosystem}`);
	const order = UPGRADE_SECTIONS.map(({ ecosystem }) => ecosystem as string);
	return [...groups.entries()]
		.map(([key, steps]) => {
			const { ecosystem, legacy_class: legacyClass } = steps[0]!;
			return {
				key,
				ecosystem,
				legacyClass,
				section: sectionOf(steps[0]!),
				steps: legacyClass === 'password' ? steps.filter(({ step }) => step !== 'retired') : steps,
				outcomes: outcomes.find(
					(row) => row.ecosystem === ecosystem && row.legacy_class === legacyClass
				)
			};
		})
		.sort(
			(one, other) =>
				order.indexOf(one.section) - order.indexOf(other.section) ||
				usersAt(other, 'legacy_active', 'all') - usersAt(one, 'legacy_active', 'all')
		);
}

export function usersAt(funnel: Funnel, step: UpgradeStep, mode: Mode): number {
	const row = funnel.steps.find((candidate) => candidate.step === step);
	return row ? usersOf(row, mode) : 0;
}

export function usersOf(row: FunnelRow, mode: Mode): number {
	return mode === 'all' ? row.users : row[mode];
}
