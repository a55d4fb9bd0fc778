import type { RequestEvent } from '@sveltejs/kit';
import Bowser from 'bowser';
import { openSession, type SignInWay } from '../../../../settings/access/sessions.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { keepSessionToken, sessionToken } from './cookies.ts';

/** Gives the browser a session as this person; the one it had ends. @param freshAt when they showed who they are, if not now */
export async function signInPerson(
	event: Pick<RequestEvent, 'cookies' | 'request'>,
	store: Settings,
	{ id: personId, way, freshAt }: { id: string; way: SignInWay; freshAt?: number | undefined }
): Promise<void> {
	const token = await openSession(store, {
		...{ personId, way, freshAt, replaces: sessionToken(event) },
		device: describeDevice(event.request.headers.get('user-agent') ?? '')
	});
	keepSessionToken(event, token);
}

/** `Chrome on macOS`. */
function describeDevice(userAgent: string): string {
	const { browser, os } = Bowser.parse(userAgent || 'unknown');
	return [browser.name || 'A browser', os.name && `on ${os.name}`].filter(Boolean).join(' ');
}
