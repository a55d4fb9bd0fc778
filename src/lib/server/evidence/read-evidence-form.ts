import { parseDay } from '../../filters.ts';

/** How many days to the last one the findings and figures may be of. */
const EVIDENCE_DAYS = [7, 30, 90, 365];
const LONGEST_NOTE = 300;

/** What evidence is asked for. */
export interface EvidenceAsked {
	on: string;
	days: number;
	note: string;
}

/** Reads what a form asks for, the last day being the default and the latest; or says what is wrong, and with which field. */
export function readEvidenceForm(
	form: FormData,
	last: string
): EvidenceAsked | { mistake: { field: keyof EvidenceAsked; message: string } } {
	const text = (name: keyof EvidenceAsked) => String(form.get(name) ?? '').trim();
	const refuse = (field: keyof EvidenceAsked, message: string) => ({
		mistake: { field, message }
	});
	const note = text('note');
	const days = Number(text('days') || 90);
	const on = text('on') || last;
	if (on !== last && !parseDay(on, last))
		return refuse('on', `Give a day up to today, ${last}: “${on.slice(0, 20)}” is none.`);
	if (!EVIDENCE_DAYS.includes(days))
		return refuse('days', `Choose how many days: ${EVIDENCE_DAYS.join(', ')}.`);
	if (note.length > LONGEST_NOTE)
		return refuse('note', `The reason has ${note.length} characters; ${LONGEST_NOTE} are kept.`);
	return { on, days, note };
}
