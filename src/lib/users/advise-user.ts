import { describeCause } from '../format/cause-names.ts';
import type { CredentialRow } from '../server/queries/credential-list.ts';
import type { UserState } from '../server/queries/user-state.ts';
import type { TimelineEntry } from '../server/queries/user-timeline.ts';
import { TELL_OF_CAUSE, TELL_UNKNOWN } from './tell-user.ts';

/** Something to tell a user who asks for help. */
export interface Advice {
	/** Why. */
	because: string;
	/** What they can do, said to whoever helps them. */
	tell: string;
	/** The ceremony it comes from; empty: it comes from what they hold. */
	ceremony_id: string;
}

/** Ways to end that are nobody's trouble, or not known yet. */
const NO_TROUBLE = ['succeeded', 'pending', 'untouched'];
/** Different causes that are worth telling at once. */
const MOST_CAUSES = 2;

/** What to tell a user: of the causes since their last success, then of what they hold. Ceremonies come newest first. */
export function adviseUser({
	state,
	credentials,
	ceremonies
}: {
	state: Pick<UserState, 'passkeys' | 'lockout_risk'>;
	credentials: readonly Pick<CredentialRow, 'status'>[];
	ceremonies: readonly Pick<TimelineEntry, 'id' | 'outcome' | 'reason' | 'os_name'>[];
}): Advice[] {
	return [...adviceOfTroubles(ceremonies), ...adviceOfHoldings(state, credentials)];
}

function adviceOfTroubles(
	ceremonies: readonly Pick<TimelineEntry, 'id' | 'outcome' | 'reason' | 'os_name'>[]
): Advice[] {
	const lastSuccess = ceremonies.findIndex(({ outcome }) => outcome === 'succeeded');
	const since = lastSuccess < 0 ? ceremonies : ceremonies.slice(0, lastSuccess);
	const troubles = since.filter(({ outcome }) => !NO_TROUBLE.includes(outcome));
	const newest = troubles.filter(
		({ reason }, index) => troubles.findIndex((one) => one.reason === reason) === index
	);
	return newest.slice(0, MOST_CAUSES).map(({ id, outcome, reason, os_name }) => {
		const { name } = describeCause(reason);
		const what = reason
			? name
			: outcome === 'abandoned'
				? 'Begun and never ended'
				: 'No cause known';
		return {
			because: os_name ? `${what}, on ${os_name}` : what,
			tell: TELL_OF_CAUSE[reason] ?? TELL_UNKNOWN,
			ceremony_id: id
		};
	});
}

function adviceOfHoldings(
	{ passkeys, lockout_risk }: Pick<UserState, 'passkeys' | 'lockout_risk'>,
	credentials: readonly Pick<CredentialRow, 'status'>[]
): Advice[] {
	const ceremony_id = '';
	if (passkeys === 0 && credentials.length > 0)
		return [
			{
				because: 'None of their passkeys works any more',
				tell: 'Sign in another way, delete the old passkey where it is kept, and create a new one.',
				ceremony_id
			}
		];
	if (passkeys === 0)
		return [
			{
				because: 'They hold no passkey that Passlens knows of',
				tell: 'Sign in another way, and create a passkey when it is offered or in the account’s settings.',
				ceremony_id
			}
		];
	if (lockout_risk)
		return [
			{
				because: 'Their only passkey is bound to one device',
				tell: 'Add a second passkey on another device, or one that syncs: whoever loses that device is locked out of it.',
				ceremony_id
			}
		];
	return [];
}
