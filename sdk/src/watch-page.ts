import { sendAtOnce } from './send.ts';
import { state } from './state.ts';

/** What happens around open calls: a dialog takes the focus, the page is hidden, the user goes away. */
export function watchPage(): void {
	addEventListener('blur', () => state.open.forEach((call) => call.blurred()));
	addEventListener('visibilitychange', () => {
		if (!document.hidden) return;
		state.open.forEach((call) => call.hidden());
		sendAtOnce();
	});
	addEventListener('pagehide', () => {
		state.open.forEach((call) => call.left());
		sendAtOnce();
	});
}
