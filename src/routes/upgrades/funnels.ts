import { nameFunnel } from '$lib/charts/name-chart.ts';
import { formatCounted } from '$lib/format/number.ts';
import {
	automaticElsewhere,
	gapsOf,
	upgradeAdvice,
	type Advice
} from '$lib/format/upgrade-advice.ts';
import {
	sectionOf,
	UPGRADE_SECTIONS,
	UPGRADE_STEP_NAMES,
	type UpgradeSection
} from '$lib/format/upgrade-names.ts';
import { stepLinks } from '$lib/funnels/gap-link.ts';
import type {
	UpgradeOutcomes,
	UpgradeStep,
	UpgradeStepRow
} from '$lib/server/queries/upgrade-funnel.ts';

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
	steps: UpgradeStepRow[];
	outcomes: UpgradeOutcomes | undefined;
	/** Where users are lost, most first, what to do about it, and why. */
	gaps: (Advice & { step: string; title: string })[];
	/** What its bars are called for who does not see them, with where most are lost, however they were asked. */
	told: string;
	/** How often others’ automatic creates succeed there; empty where nobody has published that. */
	automaticElsewhere: string;
}

/** One funnel a class and ecosystem, in the order of the sections and by size within each. */
export function toFunnels(
	rows: readonly UpgradeStepRow[],
	outcomes: readonly UpgradeOutcomes[]
): Funnel[] {
	const groups = Map.groupBy(rows, ({ ecosystem, legacy_class }) => `${legacy_class}:${ecosystem}`);
	const order = UPGRADE_SECTIONS.map(({ ecosystem }) => ecosystem as string);
	return [...groups.entries()]
		.map(([key, steps]) => {
			const { ecosystem, legacy_class: legacyClass } = steps[0]!;
			const ours =
				legacyClass === 'password' ? steps.filter(({ step }) => step !== 'retired') : steps;
			return {
				key,
				ecosystem,
				legacyClass,
				section: sectionOf(steps[0]!),
				steps: ours,
				outcomes: outcomes.find(
					(row) => row.ecosystem === ecosystem && row.legacy_class === legacyClass
				),
				gaps: gapsOf(ours).flatMap((gap, index) => {
					const advice = upgradeAdvice(legacyClass, gap.step);
					const before = UPGRADE_STEP_NAMES[gap.step]?.name ?? gap.step;
					const title = `${index === 0 ? 'What to do next: ' : ''}${formatCounted(gap.lost, 'user')} lost before “${before}”`;
					return advice ? [{ step: gap.step, title, ...advice }] : [];
				}),
				told: nameFunnel(
					'Users at each step, however they were asked',
					ours.map(({ step, users }) => ({
						label: UPGRADE_STEP_NAMES[step]?.name ?? step,
						value: users
					}))
				),
				automaticElsewhere: automaticElsewhere(ecosystem)
			};
		})
		.sort(
			(one, other) =>
				order.indexOf(one.section) - order.indexOf(other.section) ||
				usersAt(other, 'legacy_active', 'all') - usersAt(one, 'legacy_active', 'all')
		);
}

/** Where one of its steps leads, and the drop-out before it. */
export const linksOf = (
	{ ecosystem, legacyClass }: Funnel,
	{
		mode,
		...link
	}: Omit<Parameters<typeof stepLinks>[0], 'funnel' | 'parameters'> & { mode: Mode | 'self' }
) =>
	stepLinks({
		...link,
		funnel: 'upgrade',
		parameters: { of: ecosystem, class: legacyClass, mode: mode === 'all' ? '' : mode }
	});

export function usersAt(funnel: Funnel, step: UpgradeStep, mode: Mode): number {
	const row = funnel.steps.find((candidate) => candidate.step === step);
	return row ? usersOf(row, mode) : 0;
}

export function usersOf(row: UpgradeStepRow, mode: Mode | 'self'): number {
	return mode === 'all' ? row.users : row[mode];
}
