import type { Page } from 'playwright-core';

export interface Step {
	/** Which of the page's stops; undefined of what the browser adds by itself, such as a region that scrolls. */
	stop: number | undefined;
	/** Element and words, for a message. */
	what: string;
	/** On the screen, and nothing wholly over it (WCAG 2.2, 2.4.11). */
	shown: boolean;
	/** The focus is marked. */
	ring: boolean;
}

/** Whatever of the page takes the focus by Tab, in its order, as element and words; marks it for `walkByTab`. */
export async function listStops(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const CONTROLS =
			'a[href], button:enabled, input:enabled:not([type=hidden]), select:enabled, textarea:enabled, summary, [tabindex]';
		const stops = [...document.querySelectorAll<HTMLElement>(CONTROLS)].filter(
			(element) =>
				element.tabIndex >= 0 &&
				element.checkVisibility({ visibilityProperty: true }) &&
				!element.closest('[inert]')
		);
		return stops.map((element, index) => {
			element.dataset.stop = String(index);
			const words = element.getAttribute('aria-label') ?? element.textContent;
			return `${element.tagName.toLowerCase()} ${words.replace(/\s+/g, ' ').trim().slice(0, 60)}`;
		});
	});
}

/** Presses Tab from the page's beginning until the focus leaves it. */
export async function walkByTab(
	page: Page,
	{ atMost }: { atMost: number }
): Promise<{ steps: Step[]; end: boolean }> {
	const steps: Step[] = [];
	for (let pressed = 0; pressed < atMost; pressed++) {
		await page.keyboard.press('Tab');
		// Scrolled to within the next frame.
		await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
		const step = await page.evaluate(readFocus);
		if (!step) return { steps, end: true };
		// A field of a date has a stop for each of its parts.
		if (step.stop === undefined || step.stop !== steps.at(-1)?.stop) steps.push(step);
	}
	return { steps, end: false };
}

/** Runs in the page: knows nothing outside itself. Undefined: the page has not the focus. */
function readFocus(): Step | undefined {
	const element = document.activeElement as HTMLElement | null;
	if (!element || element === document.body) return undefined;
	const { left, right, top, bottom } = element.getBoundingClientRect();
	const points = [0.1, 0.5, 0.9].flatMap((x) =>
		[0.2, 0.5, 0.8].map((y) => [left + (right - left) * x, top + (bottom - top) * y] as const)
	);
	const isThere = (found: Element | null) =>
		found !== null &&
		(element.contains(found) ||
			found.contains(element) ||
			found.closest('label')?.control === element);
	// A field shows it at its label's frame.
	const isMarked = (marked: Element | null) => {
		if (!marked) return false;
		const { outlineStyle, outlineWidth } = getComputedStyle(marked);
		return outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
	};
	const words = element.getAttribute('aria-label') ?? element.textContent;
	return {
		stop: element.dataset.stop === undefined ? undefined : Number(element.dataset.stop),
		what: `${element.tagName.toLowerCase()} ${words.replace(/\s+/g, ' ').trim().slice(0, 60)}`,
		shown: points.some(([x, y]) => isThere(document.elementFromPoint(x, y))),
		ring: isMarked(element) || isMarked(element.closest('label'))
	};
}
