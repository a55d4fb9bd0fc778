'use client';

import { ceremonyId } from '@passlens/sdk';
import { startRegistration } from '@passlens/sdk/simplewebauthn';
import { startTrace } from '@passlens/sdk/trace';
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/browser';
import { useState } from 'react';
import { askServer } from './ask-server.ts';
import { useOffer } from './use-offer.ts';

/** Offers a passkey to whoever signed in without one. */
export function Offer() {
	const [said, say] = useState('Next time without a password?');
	const offer = useOffer({ purpose: 'enroll', placement: 'after-sign-in' });

	async function create() {
		offer.accept();
		const trace = startTrace();
		try {
			const optionsJSON = await askServer<PublicKeyCredentialCreationOptionsJSON>(
				'registration-options',
				{},
				trace
			);
			const response = await startRegistration({ optionsJSON });
			await askServer('verify-registration', { response, ceremonyId: ceremonyId() }, trace);
			say('Your passkey is ready.');
		} catch (error) {
			say(`That did not work: ${(error as Error).message}`);
		} finally {
			trace.end();
		}
	}

	return (
		<section aria-label="Passkey">
			<p role="status">{said}</p>
			<button onClick={create}>Create a passkey</button>{' '}
			<button
				onClick={() => {
					offer.dismiss();
					say('Another time.');
				}}
			>
				Not now
			</button>
		</section>
	);
}
