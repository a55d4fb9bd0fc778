/** The overlay's style. Colours keep 4.5 to 1 for text in both schemes; the page's own scheme does not reach a shadow tree. */
export const OVERLAY_STYLE = `
:host {
	all: initial;
	color-scheme: light dark;
	--paper: light-dark(#fff, #18181b);
	--ink: light-dark(#18181b, #f4f4f5);
	--soft: light-dark(#52525b, #a1a1aa);
	--line: light-dark(#d4d4d8, #3f3f46);
	--wash: light-dark(#f4f4f5, #27272a);
	--good: light-dark(#166534, #86efac);
	--bad: light-dark(#b91c1c, #fca5a5);
	position: fixed;
	inset: auto 12px 12px auto;
	z-index: 2147483647;
	font: 13px/1.45 system-ui, sans-serif;
	color: var(--ink);
}
@media print { :host { display: none; } }
[hidden] { display: none !important; }
* { box-sizing: border-box; }
button {
	font: inherit;
	color: inherit;
	background: var(--paper);
	border: 1px solid var(--line);
	border-radius: 6px;
	padding: 3px 10px;
	min-height: 28px;
	cursor: pointer;
}
button:hover { background: var(--wash); }
:focus-visible { outline: 2px solid light-dark(#1d4ed8, #93c5fd); outline-offset: 1px; }
.toggle { display: flex; gap: 8px; align-items: center; box-shadow: 0 2px 8px rgb(0 0 0 / 0.18); }
.count {
	font-variant-numeric: tabular-nums;
	background: var(--wash);
	border-radius: 10px;
	padding: 0 7px;
}
#panel {
	display: flex;
	flex-direction: column;
	width: min(440px, calc(100vw - 24px));
	max-height: min(560px, calc(100vh - 24px));
	background: var(--paper);
	border: 1px solid var(--line);
	border-radius: 8px;
	box-shadow: 0 2px 8px rgb(0 0 0 / 0.18);
	overflow: hidden;
}
.head { display: flex; gap: 8px; align-items: center; padding: 8px 8px 8px 12px; border-bottom: 1px solid var(--line); }
h2 { font-size: inherit; font-weight: 600; margin: 0; }
.head p { flex: 1; margin: 0; color: var(--soft); font-size: 12px; }
.empty { margin: 0; padding: 20px 12px; color: var(--soft); }
ol { list-style: none; margin: 0; padding: 0; overflow: auto; }
li + li { border-top: 1px solid var(--line); }
summary { display: flex; gap: 10px; align-items: baseline; padding: 7px 12px; cursor: pointer; }
summary::marker { content: none; }
summary:hover { background: var(--wash); }
summary:focus-visible { outline-offset: -2px; }
time { color: var(--soft); font-variant-numeric: tabular-nums; font-size: 12px; }
.title { flex: 1; overflow-wrap: anywhere; }
li.good .title { color: var(--good); }
li.bad .title { color: var(--bad); }
.mark { color: var(--soft); font-size: 12px; }
.mark.good { color: var(--good); }
.mark.bad { color: var(--bad); }
.refusal { flex-basis: 100%; margin: 0; color: var(--bad); }
summary:has(.refusal) { flex-wrap: wrap; }
dl { margin: 0; padding: 4px 12px 8px; display: grid; gap: 2px; }
dl div { display: grid; grid-template-columns: 10.5em 1fr; gap: 8px; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
pre {
	margin: 0;
	padding: 8px 12px;
	max-height: 220px;
	overflow: auto;
	background: var(--wash);
	font: 11.5px/1.5 ui-monospace, monospace;
	white-space: pre;
}
`;
