/** The words of a policy, apart from its schema: a form needs them without what reads a policy. */

/** What a credential may be, by its backup flags: BE=0; BE=1 and BS=0; BE=1 and BS=1. */
export const CREDENTIAL_KINDS = ['device_bound', 'syncable', 'synced'] as const;

export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

/** Certifications of the FIDO Metadata Service, the lowest first. */
export const CERTIFICATION_LEVELS = ['L1', 'L1plus', 'L2', 'L2plus', 'L3', 'L3plus'] as const;
