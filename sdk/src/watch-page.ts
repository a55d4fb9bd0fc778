import { openCalls } from './ceremony.ts';
import { sendAtOnce } from './send.ts';

/** What happens around open calls: a dialog takes the focus, the page is hidden, the user goes away. */
export function watchPage(): void {
	addEventListener('blur', () => openCalls.forEach((call) => call.blurred()));
	addEventListener('visibilitychange', () => {
		if (!document.hidden) return;
		openCalls.forEach((call) => call.hidden());
		sendAtOnce();
	});
	addEventListener('pagehide', () => {
		openCalls.forEach((call) => call.left());
		sendAtOnce();
	});
}
