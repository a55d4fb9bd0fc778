import { z } from 'zod';
import { SYNC_STATES } from '../../format/names.ts';
import { filterParameters, WHERE_CREDENTIAL } from './filter-sql.ts';

export const CREDENTIAL_STATUSES = ['active', 'revoked', 'refused'] as const;
/** What may be wrong with a credential's flags: BS without BE was seen; BE changed; either. */
export const FLAG_TROUBLES = ['any', 'illegal', 'changed'] as const;

export const credentialFilterParameters = filterParameters.extend({
	sync_state: z.enum(['', ...SYNC_STATES]),
	/** Empty: all; `unknown`: those without a known provider. */
	provider: z.string(),
	status: z.enum(['', ...CREDENTIAL_STATUSES]),
	flags: z.enum(['', ...FLAG_TROUBLES]),
	/** Empty: all; `any`: those of some class. */
	legacy_class: z.string(),
	/** The beginning of a credential's or its user's hash. */
	search: z.string()
});

export type CredentialFilterParameters = z.input<typeof credentialFilterParameters>;

/** Conditions on credentials_v1. Constant text: values are bound. */
export const WHERE_LISTED_CREDENTIAL = `${WHERE_CREDENTIAL}
	AND ({sync_state: String} = '' OR sync_state = {sync_state: String})
	AND ({provider: String} = '' OR if(provider = '', 'unknown', provider) = {provider: String})
	AND ({status: String} = '' OR status = {status: String})
	AND ({legacy_class: String} = '' OR credential_legacy_class = {legacy_class: String}
		OR ({legacy_class: String} = 'any' AND credential_legacy_class != ''))
	AND ({flags: String} = ''
		OR ({flags: String} IN ('any', 'illegal') AND backup_flags_illegal)
		OR ({flags: String} IN ('any', 'changed') AND backup_eligibility_changed))
	AND ({search: String} = ''
		OR startsWith(leftPad(lower(hex(credential_hash)), 16, '0'), {search: String})
		OR (user_hash != 0 AND startsWith(leftPad(lower(hex(user_hash)), 16, '0'), {search: String})))`;
