import { formatCount, formatCounted, formatShare } from './number.ts';

interface Steps {
	eligible_users: number;
	offered_users: number;
	started_users: number;
	created_users: number;
	verified_users: number;
	used_users: number;
}

const LOSSES = [
	['eligible_users', 'offered_users', 'were never offered a passkey'],
	['offered_users', 'started_users', 'did not take the offer'],
	['started_users', 'created_users', 'started and got no passkey'],
	['created_users', 'verified_users', 'created one that the server did not confirm'],
	['verified_users', 'used_users', 'have not signed in with it yet']
] as const;

/** The Adoption page's sentence: where most people are lost on the way to a used passkey. */
export function summariseAdoption(
	steps: Steps,
	{ offersReported }: { offersReported: boolean }
): string {
	if (steps.eligible_users === 0)
		return 'Nobody who could be given a first passkey was seen in this period.';
	const [worst] = LOSSES.filter(([, to]) => offersReported || to !== 'offered_users')
		.map(([from, to, words]) => ({ from: steps[from], lost: steps[from] - steps[to], words }))
		.filter(({ lost }) => lost > 0)
		.toSorted((a, b) => b.lost - a.lost);
	const all = `${formatCounted(steps.eligible_users, 'user')} could have been given their first passkey`;
	if (!worst)
		return `${all}, and ${steps.eligible_users === 1 ? '' : 'all of them '}created and used one.`;
	return `${all}; the widest gap: ${formatCount(worst.lost)} of ${formatCount(worst.from)} (${formatShare(worst.lost, worst.from)}) ${worst.words}.`;
}
