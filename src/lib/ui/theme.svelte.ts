import { MediaQuery } from 'svelte/reactivity';

const KEY = 'passlens-theme';
const systemIsDark = new MediaQuery('prefers-color-scheme: dark');
let chosen = $state<'light' | 'dark' | undefined>(undefined);

/** The theme on screen. app.html applies a stored choice before the first paint; `readChoice` takes it over once mounted. */
export const theme = {
	get current(): 'light' | 'dark' {
		return chosen ?? (systemIsDark.current ? 'dark' : 'light');
	},
	readChoice() {
		const stored = document.documentElement.dataset.theme;
		chosen = stored === 'light' || stored === 'dark' ? stored : undefined;
	},
	/** Turns to the other theme; back at the system's own, it follows the system again. */
	toggle() {
		const next = theme.current === 'dark' ? 'light' : 'dark';
		chosen = (next === 'dark') === systemIsDark.current ? undefined : next;
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
