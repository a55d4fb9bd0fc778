import type { Fact } from './facts.ts';
import type { KnownCredential } from './truth-ledger.ts';

/** Users who came where no passkey of theirs is known to work, by `${ecosystems held} on ${system}`. */
export function findStranded({
	within,
	held
}: {
	/** Facts of the period that the filter takes. */
	within: readonly Fact[];
	/** Usable credentials by user, at its end. */
	held: Map<string, KnownCredential[]>;
}): Record<string, Set<string>> {
	const stranded: Record<string, Set<string>> = {};
	for (const fact of within) {
		if (fact.kind !== 'visit' || fact.user === undefined || !fact.capable) continue;
		const passkeys = held.get(fact.user);
		if (!passkeys || passkeys.some((passkey) => works(passkey, fact))) continue;
		const holds = [...new Set(passkeys.map(({ newest }) => newest.ecosystem))].sort().join(' ');
		(stranded[`${holds} on ${fact.client.os}`] ??= new Set()).add(fact.user);
	}
	return stranded;
}

function works({ newest, systems }: KnownCredential, { client }: Fact): boolean {
	const { ecosystem, backupEligible } = newest;
	if (ecosystem === 'third_party' || ecosystem === 'security_key' || ecosystem === 'unknown')
		return true;
	return (
		systems.has(client.os) ||
		(backupEligible && ecosystem === client.ecosystem) ||
		(ecosystem === 'google' && client.browser === 'Chrome')
	);
}
