import type { PasslensEventInput } from '../event/event.ts';
import { describeEvent } from './describe-event.ts';
import { OVERLAY_STYLE } from './overlay-style.ts';

/** Events shown at most: the oldest go first. */
const LONGEST_LIST = 100;

export interface Overlay {
	show(event: PasslensEventInput): void;
	/** What the collector said to an event: the status of its batch, and why it refused this one. */
	answer(id: string, status: number, refusal?: string): void;
	close(): void;
}

/**
 * Opens the overlay: a button in the corner and behind it the list. It lives in a shadow tree in the top corner of the stacking
 * order, so that neither the site's styles reach it nor its own the site; nothing of the page moves.
 */
export function openOverlay(): Overlay {
	const host = element('passlens-debug', { role: 'region', 'aria-label': 'Passlens events' });
	const root = host.attachShadow({ mode: 'open' });
	// A constructed sheet is no inline style: a Content-Security-Policy does not refuse it.
	const sheet = new CSSStyleSheet();
	sheet.replaceSync(OVERLAY_STYLE);
	root.adoptedStyleSheets = [sheet];

	const count = element('span', { class: 'count' }, '0');
	const toggle = element(
		'button',
		{ type: 'button', class: 'toggle', 'aria-expanded': 'false', 'aria-controls': 'panel' },
		'Passlens',
		count
	);
	const status = element('p', { role: 'status' }, 'Nothing yet');
	const clear = element('button', { type: 'button' }, 'Clear');
	const hide = element('button', { type: 'button' }, 'Hide');
	const list = element('ol', {});
	const empty = element('p', { class: 'empty' }, 'No event yet. Start a passkey ceremony.');
	const panel = element(
		'div',
		{ id: 'panel', hidden: '' },
		element('div', { class: 'head' }, element('h2', {}, 'Passlens'), status, clear, hide),
		empty,
		list
	);
	root.append(panel, toggle);
	document.documentElement.append(host);

	const items = new Map<string, HTMLElement>();
	let shown = 0;
	let taken = 0;
	const tell = () => {
		count.textContent = String(shown);
		status.textContent = shown ? `${shown} shown, ${taken} taken by the collector` : 'Nothing yet';
		empty.hidden = shown > 0;
	};
	const unfold = (open: boolean) => {
		panel.hidden = !open;
		toggle.hidden = open;
		toggle.setAttribute('aria-expanded', String(open));
		(open ? hide : toggle).focus();
	};
	toggle.onclick = () => unfold(true);
	hide.onclick = () => unfold(false);
	panel.onkeydown = ({ key }) => key === 'Escape' && unfold(false);
	clear.onclick = () => {
		list.replaceChildren();
		items.clear();
		shown = taken = 0;
		tell();
	};

	return {
		show(event) {
			const item = describeItem(event);
			items.set(event.id, item);
			list.prepend(item);
			shown++;
			if (list.children.length > LONGEST_LIST) list.lastElementChild!.remove();
			tell();
		},
		answer(id, batchStatus, refusal) {
			const mark = items.get(id)?.querySelector('.mark');
			if (!mark) return;
			const accepted = batchStatus === 202 && !refusal;
			if (accepted) taken++;
			mark.className = `mark ${accepted ? 'good' : 'bad'}`;
			mark.textContent = accepted ? 'taken' : refusal ? 'refused' : `HTTP ${batchStatus}`;
			if (refusal) mark.after(element('p', { class: 'refusal' }, refusal));
			tell();
		},
		close: () => host.remove()
	};
}

function describeItem(event: PasslensEventInput): HTMLElement {
	const { title, tone, facts } = describeEvent(event);
	const time = new Date(event.time_unix_ms);
	return element(
		'li',
		{ class: tone },
		element(
			'details',
			{},
			element(
				'summary',
				{},
				element(
					'time',
					{ datetime: time.toISOString() },
					time.toLocaleTimeString(undefined, { hour12: false })
				),
				element('span', { class: 'title' }, title),
				element('span', { class: 'mark' }, 'waiting')
			),
			element(
				'dl',
				{},
				...facts.map(([name, value]) =>
					element('div', {}, element('dt', {}, name), element('dd', {}, value))
				)
			),
			element('pre', { tabindex: '0' }, JSON.stringify(event, null, 2))
		)
	);
}

/** Built node by node: no markup is parsed, so Trusted Types have nothing to refuse. */
function element<Name extends string>(
	name: Name,
	attributes: Record<string, string>,
	...children: (Node | string)[]
): Name extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[Name] : HTMLElement;
function element(name: string, attributes: Record<string, string>, ...children: (Node | string)[]) {
	const node = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
	node.append(...children);
	return node;
}
