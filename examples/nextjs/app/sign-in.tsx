'use client';

import { ceremonyId, identify } from '@passlens/sdk';
import { signIn } from '@passlens/sdk/flows';
import { startAuthentication } from '@passlens/sdk/simplewebauthn';
import { startTrace } from '@passlens/sdk/trace';
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser';
import { useEffect, useState } from 'react';
import type { User } from '../lib/store.ts';
import { askServer } from './ask-server.ts';
import { Offer } from './offer.tsx';

export function SignIn() {
	const [user, setUser] = useState<User>();
	const [withPasskey, setWithPasskey] = useState(false);
	const [trouble, setTrouble] = useState('');
	useEffect(() => void identify(user?.id ?? null), [user]);

	async function byName(form: FormData) {
		setWithPasskey(false);
		setUser(await askServer<User>('sign-in', { name: form.get('name') }));
		signIn({ method: 'password' });
	}

	async function byPasskey() {
		const trace = startTrace();
		try {
			const optionsJSON = await askServer<PublicKeyCredentialRequestOptionsJSON>(
				'authentication-options',
				{},
				trace
			);
			const response = await startAuthentication({ optionsJSON });
			const id = ceremonyId();
			const known = await askServer<User>(
				'verify-authentication',
				{ response, ceremonyId: id },
				trace
			);
			setWithPasskey(true);
			setUser(known);
			setTrouble('');
			signIn({ method: 'passkey', ...(id && { ceremonyId: id }) });
		} catch (error) {
			setTrouble(`That did not work: ${(error as Error).message}`);
		} finally {
			trace.end();
		}
	}

	async function leave() {
		await askServer('sign-out');
		setUser(undefined);
	}

	if (user)
		return (
			<>
				<p>
					Hello, {user.name}. <button onClick={leave}>Sign out</button>
				</p>
				{!withPasskey && <Offer />}
			</>
		);
	return (
		<>
			<form action={byName}>
				<label>
					Name <input name="name" autoComplete="username" required />
				</label>{' '}
				<button>Sign in</button>
			</form>
			<p>
				<button onClick={byPasskey}>Sign in with a passkey</button>
			</p>
			<p role="alert">{trouble}</p>
		</>
	);
}
