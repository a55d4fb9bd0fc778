import type { OpenWindow } from './open-window.ts';
import type { Passlens } from './passlens.ts';

/** Runs in a page that takes it for markup, and ends the table in a database that takes it for SQL. */
export const HOSTILE = `<img src=x onerror=__pwned=1>'); DROP TABLE x; --`;

/** What sent something, in `pages.test.ts`. */
export const DATA = 'with-data';
/** With a passkey whose AAGUID stands in the operator's list and in the FIDO metadata. */
export const LISTED = 'listed';

/** The dashboard of `pages.test.ts`, and ways to look at it. */
export interface PageStage {
	passlens: Passlens;
	openWindow(): Promise<OpenWindow>;
	/** Of a page of the project with data; `<id>`, `<hash>`, `<user>`, `<error>` and `<failure>` stand for one that is there. */
	address(path: string): Promise<string>;
	/** What is answered with 200. */
	fetchText(path: string): Promise<string>;
}
