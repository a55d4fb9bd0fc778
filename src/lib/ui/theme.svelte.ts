import { browser } from '$app/environment';

const KEY = 'passlens-theme';
let systemIsDark = $state(false);
if (browser) {
	// Not `MediaQuery` of svelte/reactivity: every page would fetch that module's maps and sets with it.
	const query = matchMedia('(prefers-color-scheme: dark)');
	systemIsDark = query.matches;
	query.addEventListener('change', ({ matches }) => (systemIsDark = matches));
}
let chosen = $state<'light' | 'dark' | undefined>(undefined);

/** The theme on screen. app.html applies a stored choice before the first paint; `readChoice` takes it over once mounted. */
export const theme = {
	get current(): 'light' | 'dark' {
		return chosen ?? (systemIsDark ? 'dark' : 'light');
	},
	readChoice() {
		const stored = document.documentElement.dataset.theme;
		chosen = stored === 'light' || stored === 'dark' ? stored : undefined;
	},
	/** Turns to the other theme; back at the system's own, it follows the system again. */
	toggle() {
		const next = theme.current === 'dark' ? 'light' : 'dark';
		chosen = (next === 'dark') === systemIsDark ? undefined : next;
		try {
			if (chosen) localStorage.setItem(KEY, chosen);
			else localStorage.removeItem(KEY);
		} catch {
			// Storage is switched off: the choice lasts for this page.
		}
		if (chosen) document.documentElement.dataset.theme = chosen;
		else delete document.documentElement.dataset.theme;
	}
};
