import { parseFilters } from '$lib/filters.ts';
import {
	FINDING_KINDS,
	FINDING_STATES,
	FLAG_CHANGES,
	type FindingKind,
	type FindingState,
	type FlagChange
} from '$lib/ledger/findings.ts';
import { database } from '$lib/server/database.ts';
import { toParameters } from '$lib/server/queries/filter-sql.ts';
import { readFlagChanges } from '$lib/server/queries/ledger-counts.ts';
import {
	MOST_FINDINGS,
	queryLedgerFindings,
	queryLedgerTransitions,
	type LedgerFinding
} from '$lib/server/queries/ledger-findings.ts';
import { settings } from '$lib/server/settings.ts';
import { fail } from '@sveltejs/kit';
import {
	decideFindings,
	FINDING_DECISIONS,
	listFindingTriage,
	type FindingTriage
} from '../../../settings/finding-triage.ts';
import type { Actions, PageServerLoad } from './$types';

const SHOWN = 200;
/** `all`: findings whatever was decided about them. */
const VIEWS = [...FINDING_STATES, 'all', 'transitions'] as const;

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const client = await database();
	const view = VIEWS.find((one) => one === url.searchParams.get('view')) ?? 'open';
	const kind: FindingKind | '' =
		FINDING_KINDS.find((one) => one === url.searchParams.get('kind')) ?? '';
	const change: FlagChange | '' =
		FLAG_CHANGES.find((one) => one === url.searchParams.get('change')) ?? '';
	/** Of suspected moves: to which system; empty for any finding. */
	const system = url.searchParams.get('system') ?? '';
	const parameters = toParameters(filters);
	const [found, { changes }, transitions, decisions] = await Promise.all([
		queryLedgerFindings(client, parameters),
		readFlagChanges(client, parameters),
		view === 'transitions'
			? queryLedgerTransitions(client, { ...parameters, verdict: change, limit: SHOWN })
			: [],
		listFindingTriage(await settings(), filters.project)
	]);
	const newest = new Map<string, FindingTriage>();
	for (const decision of decisions)
		if (!newest.has(decision.findingId)) newest.set(decision.findingId, decision);
	const stateOf = (id: string): FindingState => newest.get(id)?.decision ?? 'open';
	const states = Object.fromEntries(FINDING_STATES.map((state) => [state, 0])) as Record<
		FindingState,
		number
	>;
	for (const { id } of found) states[stateOf(id)]++;
	const ofView = found.filter(({ id }) => view === 'all' || stateOf(id) === view);
	const isMove = ({ kind, after }: LedgerFinding) => kind === 'foreign_system' && after === system;
	const listed = ofView.filter((one) => (!kind || one.kind === kind) && (!system || isMove(one)));
	return {
		...{ view, kind, change, changes, states, system },
		kinds: FINDING_KINDS.map((name) => ({
			kind: name,
			count: ofView.filter((one) => one.kind === name).length
		})),
		findings: listed
			.slice(0, SHOWN)
			.map((finding) => ({ ...finding, decision: newest.get(finding.id) })),
		listed: listed.length,
		/** There may be more than were read. */
		cut: found.length === MOST_FINDINGS,
		transitions
	};
};

const LONGEST_NOTE = 500;

export const actions: Actions = {
	decide: async ({ request, url, locals }) => {
		const form = await request.formData();
		const findingIds = form
			.getAll('finding')
			.map(String)
			.filter((id) => /^[0-9a-f]{16}$/.test(id))
			.slice(0, SHOWN);
		const decision = FINDING_DECISIONS.find((one) => one === form.get('decision'));
		const note = String(form.get('note') ?? '').trim();
		const { author } = locals.access;
		if (findingIds.length === 0)
			return fail(400, { field: 'finding', message: 'Choose at least one finding by its box.' });
		if (!decision)
			return fail(400, { field: 'decision', message: 'Choose what is to become of them.' });
		if (note.length > LONGEST_NOTE)
			return fail(400, {
				field: 'note',
				message: `The note has ${note.length} characters; ${LONGEST_NOTE} are kept.`
			});
		const { project: projectId } = parseFilters(url.searchParams, {
			projects: locals.access.projects
		});
		await decideFindings(await settings(), { projectId, findingIds, decision, note, author });
	}
};
