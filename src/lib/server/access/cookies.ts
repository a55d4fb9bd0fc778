import type { RequestEvent } from '@sveltejs/kit';
import { LONGEST_MS } from '../../../../settings/access/sessions.ts';
import { newToken } from '../../../../settings/access/secrets.ts';
import { ownOrigin } from './own-address.ts';

type Asked = Pick<RequestEvent, 'cookies' | 'request'>;

/** Cookies of `localhost` are shared by all its ports: the port in the name keeps two instances apart. */
function nameOf(event: Asked, what: string): string {
	const { protocol, port } = ownOrigin(event);
	return protocol === 'https:' ? `__Host-passlens_${what}` : `passlens_${what}_${port || '80'}`;
}

const optionsFor = (event: Asked, sameSite: 'lax' | 'strict') =>
	({
		...{ path: '/', httpOnly: true, sameSite },
		secure: ownOrigin(event).protocol === 'https:'
	}) as const;

export function sessionToken(event: Asked): string | undefined {
	return event.cookies.get(nameOf(event, 'session'));
}

export function keepSessionToken(event: Asked, token: string): void {
	event.cookies.set(nameOf(event, 'session'), token, {
		...optionsFor(event, 'lax'),
		maxAge: LONGEST_MS / 1_000
	});
}

export function forgetSessionToken(event: Asked): void {
	event.cookies.delete(nameOf(event, 'session'), optionsFor(event, 'lax'));
}

/** That who was signed in is on the way to the provider to sign out there, too. */
export interface Leaving {
	/** What the provider gives back when they come from there. */
	state: string;
	/** Who they are there; empty: not known. */
	subject: string;
}

export function keepLeaving(event: Asked, { state, subject }: Leaving): void {
	const value = `${state}.${Buffer.from(subject).toString('base64url')}`;
	event.cookies.set(nameOf(event, 'leaving'), value, {
		...optionsFor(event, 'lax'),
		maxAge: 600
	});
}

export function readLeaving(event: Asked): Leaving | undefined {
	const [state, subject = ''] = event.cookies.get(nameOf(event, 'leaving'))?.split('.') ?? [];
	return state ? { state, subject: Buffer.from(subject, 'base64url').toString() } : undefined;
}

export function forgetLeaving(event: Asked): void {
	event.cookies.delete(nameOf(event, 'leaving'), optionsFor(event, 'lax'));
}

/** What was begun: asking for a passkey, or a way to the provider and back, which comes from another site and so needs `lax`. */
const BEGUN = { ceremony: 'strict', provider: 'lax' } as const;

/** What a challenge is bound to: a cookie of the browser that asked for it, made anew for each. */
export function newBrowserToken(event: Asked, begun: keyof typeof BEGUN): string {
	const token = newToken();
	event.cookies.set(nameOf(event, begun), token, {
		...optionsFor(event, BEGUN[begun]),
		maxAge: 600
	});
	return token;
}

export function takeBrowserToken(event: Asked, begun: keyof typeof BEGUN): string | undefined {
	const token = event.cookies.get(nameOf(event, begun));
	event.cookies.delete(nameOf(event, begun), optionsFor(event, BEGUN[begun]));
	return token;
}
