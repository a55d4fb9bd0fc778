import { invalidateAll } from '$app/navigation';

/** Reads the page's data again every so often, while the page is looked at. Call it while the component is made. */
export function readAgain(everyMs: () => number): void {
	$effect(() => {
		const timer = setInterval(() => {
			if (document.visibilityState === 'visible') void invalidateAll();
		}, everyMs());
		return () => clearInterval(timer);
	});
}
