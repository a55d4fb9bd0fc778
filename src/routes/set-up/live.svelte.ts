import type { Live } from './read-live.ts';

const EVERY_MS = 2_000;

/** Asks for a project's arrivals every two seconds while the page is looked at. Call it while the component is made. */
export function watchLive(
	project: () => string,
	first: () => Live
): { readonly now: Live; readonly lost: boolean } {
	let latest = $state.raw<{ project: string; live: Live }>();
	let lost = $state(false);

	$effect(() => {
		const wanted = project();
		const ended = new AbortController();
		const ask = async () => {
			if (document.visibilityState !== 'visible') return;
			try {
				const answer = await fetch(`/set-up/live?project=${wanted}`, { signal: ended.signal });
				if (!answer.ok) throw new Error(`${answer.status}`);
				latest = { project: wanted, live: (await answer.json()) as Live };
				lost = false;
			} catch {
				if (!ended.signal.aborted) lost = true;
			}
		};
		const timer = setInterval(() => void ask(), EVERY_MS);
		return () => {
			clearInterval(timer);
			ended.abort();
		};
	});

	return {
		get now() {
			return latest?.project === project() ? latest.live : first();
		},
		get lost() {
			return lost;
		}
	};
}
