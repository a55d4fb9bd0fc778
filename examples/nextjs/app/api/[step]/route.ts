import { cookies } from 'next/headers';
import {
	authenticationOptions,
	registrationOptions,
	signIn,
	signOut,
	verifyAuthentication,
	verifyRegistration,
	type Message
} from '../../../lib/steps.ts';
import { openSession, type Session } from '../../../lib/store.ts';

const STEPS: Record<string, (session: Session, message: Message<never>) => unknown> = {
	'sign-in': signIn,
	'sign-out': signOut,
	'registration-options': registrationOptions,
	'verify-registration': verifyRegistration,
	'authentication-options': authenticationOptions,
	'verify-authentication': verifyAuthentication
};

export async function POST(
	request: Request,
	{ params }: { params: Promise<{ step: string }> }
): Promise<Response> {
	const run = STEPS[(await params).step];
	if (!run) return Response.json({ error: 'No such step.' }, { status: 404 });
	const jar = await cookies();
	const { id, session } = openSession(jar.get('session')?.value);
	jar.set('session', id, { httpOnly: true, sameSite: 'strict' });
	try {
		return Response.json(await run(session, (await request.json()) as Message<never>));
	} catch (error) {
		return Response.json({ error: (error as Error).message }, { status: 400 });
	}
}
