import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';

/** Every authenticator model that the collectors know of, as they last published them; the icons' bytes are asked for one by one. */
export const queryAuthenticators = defineQuery({
	name: 'authenticators',
	parameters: z.object({}),
	sql: `SELECT aaguid, name, named_by, description, status, toString(status_since) AS status_since, certification,
			mds_number, icon_light != '' AS has_light, icon_dark != '' AND icon_dark != icon_light AS has_dark
		FROM authenticators_v1
		ORDER BY name, aaguid`,
	row: z.object({
		aaguid: z.string(),
		/** The provider as events name it. */
		name: z.string(),
		/** `passlens`, `aaguids` or `mds`. */
		named_by: z.string(),
		/** As the FIDO Metadata Service describes the model; empty when it does not. */
		description: z.string(),
		/** Its newest status there, such as `FIDO_CERTIFIED_L1`; empty when it has none. */
		status: z.string(),
		status_since: z.string().nullable(),
		certification: z.string(),
		/** Number of the blob that says so; 0: none does. */
		mds_number: count,
		has_light: z.coerce.boolean(),
		has_dark: z.coerce.boolean()
	})
});

/** Both icons of one model, `data:image/…;base64,…` or empty. */
export const queryAuthenticatorIcons = defineQuery({
	name: 'authenticator_icons',
	parameters: z.object({ aaguid: z.string() }),
	sql: `SELECT icon_light, icon_dark FROM authenticators_v1 WHERE aaguid = {aaguid: String}`,
	row: z.object({ icon_light: z.string(), icon_dark: z.string() })
});
