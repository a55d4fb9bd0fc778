import { parseDay, today } from '../filters.ts';

/** What a page about policies shows: of which day, and which version. */
export interface PolicyView {
	/** `YYYY-MM-DD`: as things stood at its end. */
	on: string;
	/** Undefined: the version in force. */
	revision: number | undefined;
	/** AAGUID of a model that is supposed to be reported as weak; empty: things as they are. */
	suppose: string;
}

const AAGUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads `?on=2026-10-01&version=3&suppose=<AAGUID>` of a project in a time zone; what is malformed or to come falls back to now and to what is in force. */
export function parsePolicyView(
	search: URLSearchParams,
	zone: string,
	now = new Date()
): PolicyView {
	const last = today(zone, now);
	const revision = /^[1-9]\d{0,5}$/.exec(search.get('version') ?? '')?.[0];
	return {
		on: parseDay(search.get('on'), last) ?? last,
		revision: revision === undefined ? undefined : Number(revision),
		suppose: AAGUID.exec(search.get('suppose') ?? '')?.[0] ?? ''
	};
}
