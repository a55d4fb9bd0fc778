/** @passlens/sdk/debug: what the SDK sends, shown in the console and in the page, for whoever builds the site. */
export { startDebug, type DebugOptions } from './start-debug.ts';
export { onEvent, type EventListener } from './on-event.ts';
