import { prompt, type PromptOptions } from '@passlens/sdk/flows';
import { useEffect, useRef } from 'react';

/** An offer of a passkey: shown once with its component (in strict mode too), answered once. */
export function useOffer(options: PromptOptions) {
	const id = useRef<string>('');
	useEffect(() => {
		id.current ||= prompt.shown(options);
	});
	return {
		accept: () => prompt.accepted(id.current),
		dismiss: () => prompt.dismissed(id.current)
	};
}
