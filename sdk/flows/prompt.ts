import type { PromptMode, PromptPurpose } from '../event/vocabulary.ts';
import { uuidV7 } from '../common/uuid-v7.ts';
import { attempt } from '../src/attempt.ts';
import { record } from '../src/record.ts';
import { state, type Prompt } from '../src/state.ts';

export interface PromptOptions {
	/** What the offer is for. */
	purpose: PromptPurpose;
	/** `automatic`: nobody is asked (a conditional create). Default `manual`. */
	mode?: PromptMode;
	/** Which showing this is for this user, from 1, as the site counts it. */
	showingNumber?: number;
	/** Where in the site, such as "after-sign-in". At most 64 characters. */
	placement?: string;
}

/** Shown and not answered. Kept with the state: another copy of the SDK may hear the answer. */
const open = () => (state.prompts ??= new Map());

/** The site's own offers of passkeys: shown, then accepted or dismissed. */
export const prompt = {
	/** Returns the prompt's id, for `accepted` or `dismissed`; empty when there is nothing to report. */
	shown(options: PromptOptions): string {
		const shown = attempt(() => describe(options));
		if (!shown) return '';
		open().set(shown.prompt_id, shown);
		// Nobody accepts an automatic offer: the ceremony that follows is its own.
		state.linkedPrompt = shown.mode === 'automatic' ? link(shown) : undefined;
		record({ type: 'prompt.shown', ...shown });
		return shown.prompt_id;
	},

	/** The user said yes. The next ceremony of its kind is linked to it. An id this page did not give out is ignored. */
	accepted(promptId: string): void {
		const shown = answer('prompt.accepted', promptId);
		if (shown) state.linkedPrompt = link(shown);
	},

	/** The user said no, or closed it. An id this page did not give out is ignored. */
	dismissed(promptId: string): void {
		answer('prompt.dismissed', promptId);
	}
};

const describe = ({
	purpose,
	mode = 'manual',
	showingNumber,
	placement
}: PromptOptions): Prompt => ({
	prompt_id: uuidV7(),
	purpose,
	mode,
	showing_number: showingNumber || undefined,
	placement: placement ? `${placement}`.slice(0, 64) : undefined
});

/** The ceremony that follows an accepted offer. */
const link = ({ prompt_id, purpose }: Prompt) =>
	({ prompt_id, leadsTo: purpose === 'sign_in' ? 'authentication' : 'registration' }) as const;

/** The first answer counts; a second one finds no prompt any more. */
function answer(
	type: 'prompt.accepted' | 'prompt.dismissed',
	promptId: string
): Prompt | undefined {
	const shown = open().get(promptId);
	if (shown && open().delete(promptId)) record({ type, ...shown });
	return shown;
}
