import { invalidateAll } from '$app/navigation';
import { navigating } from '$app/state';

/**
 * Reads the page's data again every so often, while the page is looked at and nobody is on the way to another: reading would end the way
 * there. Call it while the component is made.
 */
export function readAgain(everyMs: () => number): void {
	$effect(() => {
		const timer = setInterval(() => {
			if (document.visibilityState === 'visible' && !navigating.to) void invalidateAll();
		}, everyMs());
		return () => clearInterval(timer);
	});
}
