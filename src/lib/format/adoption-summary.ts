import { enrolmentGap } from './enrolment-gap.ts';
import { formatCount, formatCounted, formatPercent } from './number.ts';

interface Step {
	step: string;
	/** Null: not collected. */
	users: number | null;
}

/** The Adoption page's sentence: where most people are lost on the way to a used passkey. */
export function summariseAdoption(steps: readonly Step[]): string {
	const known = steps.filter(({ users }) => users !== null) as { step: string; users: number }[];
	const eligible = known[0]?.users ?? 0;
	if (eligible === 0) return 'Nobody who could be given a first passkey was seen in this period.';
	const [worst] = known
		.slice(1)
		.map(({ step, users }, index) => ({
			from: known[index]!.users,
			lost: known[index]!.users - users,
			words: enrolmentGap(known[index]!.step, step)?.loss ?? ''
		}))
		.filter(({ lost }) => lost > 0)
		.toSorted((a, b) => b.lost - a.lost);
	const all = `${formatCounted(eligible, 'user')} could have been given their first passkey`;
	if (!worst) return `${all}, and ${eligible === 1 ? '' : 'all of them '}created and used one.`;
	return `${all}; the widest gap: ${formatCount(worst.lost)} of ${formatCount(worst.from)} (${formatPercent(worst.lost / worst.from)}) ${worst.words}.`;
}
