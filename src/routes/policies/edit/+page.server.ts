import { parseFilters, today, type Filters } from '$lib/filters.ts';
import { addRule, parsePolicy, type Policy, type PolicyMistake } from '$lib/policy/policy.ts';
import { database } from '$lib/server/database.ts';
import { consequencesOf, type RuleConsequence } from '$lib/server/policies/judge-policy.ts';
import { readPolicy } from '$lib/server/policies/policy-in-force.ts';
import { settings } from '$lib/server/settings.ts';
import { fail, redirect } from '@sveltejs/kit';
import { createHash } from 'node:crypto';
import { savePolicy } from '../../../../settings/policies.ts';
import { EXAMPLE } from './example.ts';
import { readRuleForm, refuseRule, type RefusedRule } from './read-rule-form.ts';
import type { Actions, PageServerLoad } from './$types';

const LONGEST_NOTE = 300;

export const load: PageServerLoad = async ({ parent }) => {
	const { filters } = await parent();
	const { shown } = await readPolicy(filters.project);
	return {
		revision: shown?.revision ?? 0,
		document: shown?.document ?? EXAMPLE
	};
};

/** What the page shows after one of its forms was sent; the text as it was typed goes back in any case. */
interface Answer {
	document: string;
	mistakes?: PolicyMistake[];
	/** Of the form of a rule. */
	refusedRule?: RefusedRule;
	/** Of the version's note. */
	refusedNote?: { field: 'note'; message: string };
	/** Of the text with this digest: what may be saved. */
	consequences?: (Omit<RuleConsequence, 'newly' | 'noLonger'> & {
		newly: { users: string[]; count: number };
		noLonger: { users: string[]; count: number };
	})[];
	shown?: string;
	note?: string;
}

export const actions: Actions = {
	/** Puts a rule of the form into the text. */
	rule: async ({ request }) => {
		const form = await request.formData();
		const document = readDocument(form);
		const read = parsePolicy(document);
		if ('mistakes' in read && document.trim() !== '') return fail(400, { document, ...read });
		const rule = readRuleForm(form);
		const added = addRule(document, rule as never);
		const parsed = parsePolicy(added);
		if ('mistakes' in parsed)
			return fail(400, {
				document,
				refusedRule: refuseRule(form, parsed.mistakes)
			} satisfies Answer);
		return { document: added } satisfies Answer;
	},
	preview: async ({ request, url, locals }) => {
		const form = await request.formData();
		const document = readDocument(form);
		const parsed = parsePolicy(document);
		if ('mistakes' in parsed) return fail(400, { document, ...parsed } satisfies Answer);
		return showConsequences(findProject(url, locals), document, parsed.policy);
	},
	save: async ({ request, url, locals }) => {
		const form = await request.formData();
		const text = (name: string) => String(form.get(name) ?? '');
		const [document, note] = [readDocument(form), text('note').trim()];
		const { author } = locals.access;
		const parsed = parsePolicy(document);
		if ('mistakes' in parsed) return fail(400, { document, ...parsed } satisfies Answer);
		const asked = findProject(url, locals);
		const { project } = asked;
		const seen = await showConsequences(asked, document, parsed.policy);
		// What was looked at is what is saved: a text that was changed meanwhile is shown first.
		if (text('shown') !== seen.shown) return fail(400, seen);
		if (note.length > LONGEST_NOTE)
			return fail(400, {
				...seen,
				refusedNote: {
					field: 'note',
					message: `The reason has ${note.length} characters; ${LONGEST_NOTE} are kept.`
				},
				note
			} satisfies Answer);
		await savePolicy(await settings(), { projectId: project, document, note, author });
		redirect(303, `/policies?project=${encodeURIComponent(project)}`);
	}
};

/** Forms send each line's end as two characters. */
const readDocument = (form: FormData) =>
	String(form.get('document') ?? '').replaceAll('\r\n', '\n');

const LISTED = 20;

async function showConsequences(
	{ project, zone }: Pick<Filters, 'project' | 'zone'>,
	document: string,
	after: Policy
): Promise<Answer & { shown: string }> {
	const { policy: before, shown } = await readPolicy(project);
	const consequences = await consequencesOf(
		{ before, after },
		{ client: await database(), project, zone, on: today(zone) }
	);
	const first = (users: string[]) => ({ users: users.slice(0, LISTED), count: users.length });
	return {
		document,
		consequences: consequences.map((one) => ({
			...one,
			newly: first(one.newly),
			noLonger: first(one.noLonger)
		})),
		shown: createHash('sha256')
			.update(`${shown?.revision ?? 0}\n${document}`)
			.digest('hex')
	};
}

/** The project of the address and its time zone, as every page takes them. */
function findProject(url: URL, { access }: App.Locals): Pick<Filters, 'project' | 'zone'> {
	return parseFilters(url.searchParams, access);
}
