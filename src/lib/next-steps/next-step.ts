/** Something that a site could do next, and whom it would concern. */
export interface NextStep {
	/** The same in every period: what kind of loss, and where. */
	key: string;
	/** The page that shows it. */
	area: 'Adoption' | 'Upgrades' | 'Sync coverage' | 'Risk' | 'Failures';
	/** What is true of these users, behind their number: "did not take the offer of a passkey". */
	loss: string;
	users: number;
	/** Of how many, and who they are. */
	of: number;
	ofWhom: string;
	/** Where `users` is an estimate: its 95 % interval. */
	interval?: { low: number; high: number };
	advice: string;
	why: string;
	/** Where it is shown. */
	page: Address;
	/** The users themselves. */
	list?: Address;
}

interface Address {
	path: string;
	parameters: Record<string, string>;
}

/** As many as somebody can think about in a week. */
const MOST = 10;

/** The steps that concern the most users; a user may be in several. */
export function rankNextSteps(steps: readonly NextStep[]): NextStep[] {
	return steps
		.filter(({ users }) => users > 0)
		.toSorted((a, b) => b.users - a.users || (a.key < b.key ? -1 : 1))
		.slice(0, MOST);
}
