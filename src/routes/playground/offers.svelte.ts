import { prompt } from '@passlens/sdk/flows';
import type { AccountView } from '$lib/server/playground/account-view';
import { askServer } from './ask-server';
import { offerFor } from './describe-account';

export type OfferPurpose = 'enroll' | 'upgrade';

/** The site's own offers of a passkey, each reported from shown to answered. */
export class Offers {
	current = $state<{ promptId: string; purpose: OfferPurpose } | null>(null);

	/** Shows an offer to whoever has no passkey yet, or a legacy credential only; the server counts the showings. */
	async show(account: AccountView, placement: string): Promise<void> {
		const purpose = offerFor(account);
		if (!purpose) return;
		const counted = await askServer<{ showingNumber: number }>('prompts', { purpose });
		if (!counted.ok) return;
		const { showingNumber } = counted;
		this.current = { promptId: prompt.shown({ purpose, showingNumber, placement }), purpose };
	}

	/** The visitor said yes: the next registration belongs to this offer. */
	accept(): OfferPurpose | undefined {
		const offer = this.current;
		this.current = null;
		if (offer) prompt.accepted(offer.promptId);
		return offer?.purpose;
	}

	dismiss(): void {
		if (this.current) prompt.dismissed(this.current.promptId);
		this.current = null;
	}

	/** Gone without an answer: signed out, or a passkey came another way. */
	drop(): void {
		this.current = null;
	}
}
