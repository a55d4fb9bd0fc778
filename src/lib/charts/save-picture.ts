/** Room for the words and a margin, in CSS pixels; the file has twice as many. */
const PADDING = 20;
const SCALE = 2;

/**
 * Saves what a card draws as a PNG with its title, its measure and what the page shows (project, period, filters, "synthetic").
 * Always on light ground: pictures go into documents.
 *
 * @param drawing the element whose children are the drawing
 */
export async function savePicture({
	drawing,
	title,
	measure,
	view,
	fileName
}: {
	drawing: HTMLElement;
	title: string;
	measure: string | undefined;
	/** See describe-view.ts. */
	view: readonly string[];
	fileName: string;
}): Promise<void> {
	const { domToBlob } = await import('modern-screenshot');
	const sheet = document.createElement('div');
	const width = drawing.firstElementChild?.getBoundingClientRect().width ?? 640;
	sheet.setAttribute('aria-hidden', 'true');
	sheet.style.cssText = `position: absolute; top: 0; left: -99999px; box-sizing: content-box; width: ${width}px; padding: ${PADDING}px; color-scheme: light; background: var(--color-surface); color: var(--color-ink)`;
	sheet.append(
		line(title, 'font-size: 16px; font-weight: 600'),
		...(measure ? [line(measure, 'font-size: 13px; color: var(--color-muted)')] : []),
		...[...drawing.childNodes].map((node) => node.cloneNode(true)),
		line(view.join(' · '), 'margin-top: 8px; font-size: 11px; color: var(--color-muted)')
	);
	document.body.append(sheet);
	try {
		const picture = await domToBlob(sheet, { scale: SCALE, type: 'image/png' });
		download(picture, fileName);
	} finally {
		sheet.remove();
	}
}

function line(text: string, style: string): HTMLElement {
	const element = document.createElement('p');
	element.textContent = text;
	element.style.cssText = style;
	return element;
}

function download(file: Blob, name: string): void {
	const address = URL.createObjectURL(file);
	const link = document.createElement('a');
	link.href = address;
	link.download = name;
	link.click();
	// The browser has taken the file over once the click was handled.
	setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
