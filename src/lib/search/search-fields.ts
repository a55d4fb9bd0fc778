import { ECOSYSTEMS, PLATFORMS } from '../filters.ts';
import { FAILURE_CAUSES } from '../../../sdk/common/failure-causes.ts';
import { CONFIDENCES, OUTCOMES } from '../format/names.ts';
import { MEDIATION_NAMES } from '../format/webauthn-names.ts';

/** `word`: equal, whatever the case. `version`: compared part by part. `number`: compared. `hash`: by its beginning. */
export type SearchKind = 'word' | 'version' | 'number' | 'hash';

export interface SearchField {
	kind: SearchKind;
	/** What it is, for whoever completes it. */
	means: string;
	/** All there are; others are a mistake. */
	values?: readonly string[];
	/** Those worth suggesting; others may come. */
	suggested?: readonly string[];
	/** It tells how a ceremony ended, rather than whose and of what it was. */
	ofEnd?: true;
}

const YES_NO = ['yes', 'no'] as const;

/** What a ceremony can be searched by, in the order it is suggested. */
export const SEARCH_FIELDS = {
	cause: { kind: 'word', means: 'Probable cause', suggested: FAILURE_CAUSES, ofEnd: true },
	outcome: { kind: 'word', means: 'How it ended', values: OUTCOMES, ofEnd: true },
	os: { kind: 'word', means: 'Operating system', suggested: PLATFORMS },
	browser: { kind: 'word', means: 'Browser' },
	release: { kind: 'version', means: 'Release of the site' },
	error: { kind: 'word', means: 'Name of the error', ofEnd: true },
	type: { kind: 'word', means: 'Kind of ceremony', values: ['registration', 'authentication'] },
	mediation: { kind: 'word', means: 'How it was asked', values: Object.keys(MEDIATION_NAMES) },
	confidence: { kind: 'word', means: 'How sure the cause is', values: CONFIDENCES, ofEnd: true },
	application: { kind: 'word', means: 'Application' },
	environment: { kind: 'word', means: 'Environment' },
	country: { kind: 'word', means: 'Country, by its code' },
	provider: { kind: 'word', means: 'Provider of the passkey', suggested: ['unknown'] },
	tag: { kind: 'word', means: 'Tag, as name=value or its name' },
	ecosystem: { kind: 'word', means: 'Of the device', values: ECOSYSTEMS },
	reason: { kind: 'word', means: 'Why the server refused it', ofEnd: true },
	rp: { kind: 'word', means: 'RP ID' },
	origin: { kind: 'word', means: 'Origin of the page' },
	os_version: { kind: 'version', means: 'Version of the system' },
	browser_version: { kind: 'version', means: 'Version of the browser' },
	sdk: { kind: 'version', means: 'Version of the SDK' },
	elapsed: { kind: 'number', means: 'Milliseconds from call to end', ofEnd: true },
	timeout: { kind: 'number', means: 'Milliseconds the request allowed' },
	cross_device: { kind: 'word', means: 'On to another device', values: YES_NO, ofEnd: true },
	blurred: { kind: 'word', means: 'A dialog took the focus', values: YES_NO, ofEnd: true },
	synthetic: { kind: 'word', means: 'Simulated', values: YES_NO },
	user: { kind: 'hash', means: 'Beginning of a user’s hash' },
	credential: { kind: 'hash', means: 'Beginning of a credential’s hash' },
	ceremony: { kind: 'hash', means: 'Beginning of a ceremony’s id' }
} as const satisfies Record<string, SearchField>;

export type SearchFieldName = keyof typeof SEARCH_FIELDS;

/** Whether a field tells how a ceremony ended. */
export const isOfEnd = (name: SearchFieldName): boolean => 'ofEnd' in SEARCH_FIELDS[name];

export const isSearchField = (name: string): name is SearchFieldName =>
	Object.hasOwn(SEARCH_FIELDS, name);
