import type { AskedCeremony } from './request-notes.ts';

/** Options of a call as text, by WebAuthn's names; empty: not given. */
export type Options = Readonly<Record<string, string>>;

/** The options of a ceremony as `queryComparableCeremonies` gives those of the others. */
export function optionsOf(asked: AskedCeremony): Options {
	const listed = (count: number | null) => (count === null ? '' : count === 0 ? 'empty' : 'listed');
	return {
		timeout: asked.timeout_ms === null ? '' : String(asked.timeout_ms),
		residentKey: asked.resident_key,
		userVerification: asked.user_verification,
		authenticatorAttachment: asked.requested_attachment,
		attestation: asked.attestation,
		hints: asked.hints.join(', '),
		rpId: asked.rp_id,
		origin: asked.origin,
		allowCredentials: listed(asked.allow_count),
		excludeCredentials: listed(asked.exclude_count)
	};
}

export interface OptionDifference {
	option: string;
	/** What the ceremony asked for; empty: nothing. */
	own: string;
	/** What the others asked for most often. */
	usual: string;
	/** How many of the others asked for the same as this one. */
	same: number;
	of: number;
}

/** Options in which a ceremony differs from most that succeeded: less than half of those asked for the same. The rarest first. */
export function askedDifferently(own: Options, others: readonly Options[]): OptionDifference[] {
	if (others.length === 0) return [];
	return Object.entries(own)
		.map(([option, value]) => {
			const counts = new Map<string, number>();
			for (const other of others) {
				const theirs = other[option] ?? '';
				counts.set(theirs, (counts.get(theirs) ?? 0) + 1);
			}
			const [usual = ''] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? [];
			return { option, own: value, usual, same: counts.get(value) ?? 0, of: others.length };
		})
		.filter(({ own: value, usual, same, of }) => value !== usual && same / of < 0.5)
		.sort((a, b) => a.same - b.same || a.option.localeCompare(b.option));
}
