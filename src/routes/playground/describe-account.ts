import type { AccountView, CredentialView } from '$lib/server/playground/account-view';

/** What the site should offer this account, if anything: a first passkey, or one in place of a legacy credential. */
export function offerFor(account: AccountView): 'enroll' | 'upgrade' | undefined {
	const { credentials } = account;
	if (credentials.length === 0) return 'enroll';
	const synced = credentials.some(({ backupEligible }) => backupEligible);
	return !synced && credentials.some(({ legacy }) => legacy) ? 'upgrade' : undefined;
}

/** The legacy credentials a finished upgrade left standing. */
export function withUpgrade({
	created,
	credentials
}: {
	created: CredentialView;
	credentials: CredentialView[];
}): CredentialView[] {
	return credentials.filter(({ id, legacy }) => legacy && id !== created.id);
}

/** Plain words first, the flag beside them. */
function describeSync({
	backupEligible,
	backupState
}: Pick<CredentialView, 'backupEligible' | 'backupState'>): string {
	if (!backupEligible) return 'Device-bound (BE 0)';
	return backupState ? 'Synced (BE 1, BS 1)' : 'Syncable, not backed up yet (BE 1, BS 0)';
}

/** What a registration made, and what it replaced. */
export function describeCredential({
	created,
	replaced
}: {
	created: CredentialView;
	replaced: CredentialView[];
}): string {
	const kept = `Passkey kept: ${describeSync(created)}.`;
	if (replaced.length === 0) return kept;
	return `${kept} It overwrote passkey ${replaced.map(({ number }) => number).join(', ')} on this device, which is retired here.`;
}
