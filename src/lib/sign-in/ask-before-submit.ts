import { anew } from './anew.svelte.ts';
import { wantsFresh, type FreshRule } from './wants-fresh.ts';

/** What the frame of every page knows of the sign-in. */
export interface Freshness {
	/** When they last showed who they are, Unix epoch in milliseconds. */
	at: number;
	/** Milliseconds that it counts as fresh. */
	lastsMs: number;
	/** By path. */
	routes: Readonly<Record<string, FreshRule>>;
}

/** A form that was sent on its way is not asked about twice. */
const confirmed = new WeakSet<HTMLFormElement>();

/**
 * Before a form is sent that wants a fresh sign-in: asks for one, and sends the form as it stands once it was given. The server
 * refuses what comes without; this is so that nothing typed is lost.
 */
export function askBeforeSubmit(
	event: SubmitEvent,
	{ isFresh, routes }: { isFresh: boolean; routes: Freshness['routes'] }
): void {
	const form = event.target as HTMLFormElement;
	const submitter = event.submitter as HTMLButtonElement | HTMLInputElement | null;
	if (confirmed.delete(form) || isFresh || form.method !== 'post') return;
	const address = submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? '';
	const { pathname, searchParams } = new URL(address, location.href);
	if (!wantsFresh(routes[pathname], searchParams)) return;
	event.preventDefault();
	event.stopImmediatePropagation();
	void anew.ask().then((given) => {
		if (!given) return;
		confirmed.add(form);
		form.requestSubmit(submitter);
	});
}
