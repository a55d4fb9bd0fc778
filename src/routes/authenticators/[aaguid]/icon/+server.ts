import { database } from '$lib/server/database.ts';
import { queryAuthenticatorIcons } from '$lib/server/queries/authenticators.ts';
import { error } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

const AAGUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ICON = /^data:(image\/(?:svg\+xml|png|webp|jpeg|gif));base64,([A-Za-z0-9+/]+=*)$/;

/**
 * A provider's icon out of the operator's list, as an image of its own: `<img>` runs nothing that is in an SVG, and opened by
 * itself it stands in a sandbox without script, styles from elsewhere or requests.
 */
export const GET: RequestHandler = async ({ params, url }) => {
	if (!AAGUID.test(params.aaguid)) error(404, 'That is no AAGUID.');
	const [icons] = await queryAuthenticatorIcons(await database(), { aaguid: params.aaguid });
	const { icon_light = '', icon_dark = '' } = icons ?? {};
	const wanted = url.searchParams.has('dark') ? icon_dark || icon_light : icon_light || icon_dark;
	const [, type, bytes] = ICON.exec(wanted) ?? [];
	if (!type || !bytes) error(404, 'The list has no icon for this AAGUID.');
	return new Response(Buffer.from(bytes, 'base64'), {
		headers: {
			'content-type': type,
			'cache-control': 'private, max-age=3600',
			'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox"
		}
	});
};
