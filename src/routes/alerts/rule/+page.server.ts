import { describeRule, type OwnMeasure } from '$lib/alerts/alert-words.ts';
import { FAILURE_CAUSES } from '../../../../sdk/common/failure-causes.ts';
import { offerChosen } from '$lib/components/filter-options.ts';
import { NARROWING, parseFilters, queryToNarrowing, today } from '$lib/filters.ts';
import { findMeasure, MEASURE_GROUPS } from '$lib/server/alerts/measure.ts';
import { parseAlertRule, ruleToSearch, SUGGESTED_RULE } from '$lib/server/alerts/parse-rule.ts';
import { previewRule } from '$lib/server/alerts/preview-rule.ts';
import { database } from '$lib/server/database.ts';
import { projectFacts } from '$lib/server/queries/project-facts.ts';
import { readAnnotations } from '$lib/server/read-annotations.ts';
import { settings } from '$lib/server/settings.ts';
import { error, fail, redirect } from '@sveltejs/kit';
import { listAlertChannels } from '../../../../settings/alert-channels.ts';
import { listAlertRules, saveAlertRule } from '../../../../settings/alert-rules.ts';
import type { Actions, PageServerLoad } from './$types';

/** Measures whose failures may be narrowed to one cause or group. */
const OF_FAILURES: readonly string[] = ['failure_share', 'failure_count'] satisfies OwnMeasure[];

/**
 * A rule, new or of `?id=`, as the address has it: what it would have said is shown before it is saved. Filters stand in the address
 * as on every page. What was refused is shown as it was sent.
 */
export const load: PageServerLoad = async ({ parent, url, locals }) => {
	const { filters, hasData, dimensions } = await parent();
	const store = await settings();
	const asked = locals.refusedRule ?? url.searchParams;
	const id = asked.get('id') ?? undefined;
	const stored = (await listAlertRules(store, filters.project)).find((rule) => rule.id === id);
	if (id !== undefined && !stored) error(404, 'There is no such rule: somebody removed it.');
	const given = fill(asked, stored);
	const read = parseAlertRule(given);
	const rule = 'rule' in read ? read.rule : (stored ?? SUGGESTED_RULE);
	const measure = findMeasure(rule.measure);
	const narrowing = queryToNarrowing(rule.query);
	const preview =
		hasData && 'rule' in read
			? await previewRule({
					...{ client: await database(), settings: store },
					project: { id: filters.project, timeZone: filters.zone },
					...{ rule, now: new Date() }
				})
			: undefined;
	return {
		id,
		name: given.get('name') ?? stored?.name ?? '',
		rule,
		narrowing,
		/** What fails has no provider. */
		narrowable: offerChosen(dimensions, narrowing).filter(
			({ name, options }) => name !== 'provider' && options.length > 1
		),
		mistake: 'mistake' in read ? read.mistake : undefined,
		words: describeRule(rule, measure),
		unit: measure.unit,
		measures: MEASURE_GROUPS,
		causes: FAILURE_CAUSES,
		ofFailures: OF_FAILURES.includes(rule.measure),
		channels: (await listAlertChannels(store, filters.project)).map(({ id, name, kind }) => ({
			...{ id, name, kind },
			chosen: asked.has('measure')
				? asked.getAll('channel').includes(id)
				: (stored?.channels.includes(id) ?? !stored)
		})),
		preview,
		/** Of the days that the preview looks at, whatever the page's period. */
		annotations: preview
			? await readAnnotations({
					...{ settings: store, project: filters.project },
					// The frame hands on the marks of the page's own period, and not what they are made of: it would weigh on every page.
					facts: (await projectFacts(await database(), filters))[0],
					period: { from: preview.from, to: today(filters.zone) }
				})
			: []
	};
};

export const actions: Actions = {
	save: async ({ request, url, locals }) => {
		const form = await request.formData();
		const asked = toSearch(form);
		locals.refusedRule = asked;
		const read = parseAlertRule(fill(asked, undefined));
		if ('mistake' in read) return fail(400, read.mistake);
		const { project } = parseFilters(url.searchParams, locals.access);
		const saved = await saveAlertRule(await settings(), {
			projectId: project,
			id: String(form.get('id') ?? '') || undefined,
			name: String(form.get('name') ?? ''),
			rule: read.rule,
			channels: form.getAll('channel').map(String),
			author: locals.access.author
		});
		if ('mistake' in saved) return fail(400, saved.mistake);
		redirect(303, `/alerts?project=${encodeURIComponent(project)}`);
	}
};

/** What a form or an address says of a rule, over the stored one: filters are fields of their own there, and one text in a rule. */
function fill(
	search: URLSearchParams,
	stored: Parameters<typeof ruleToSearch>[0] | undefined
): URLSearchParams {
	if (!search.has('measure') && stored) return ruleToSearch(stored);
	const filled = new URLSearchParams(search);
	filled.set(
		'query',
		new URLSearchParams(
			[...search].filter(([key]) => (NARROWING as readonly string[]).includes(key))
		).toString()
	);
	return filled;
}

const toSearch = (form: FormData) =>
	new URLSearchParams([...form].map(([name, value]) => [name, String(value)]));
