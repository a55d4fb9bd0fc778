import { parseDay, today } from '$lib/filters.ts';
import { changeProject, findProject } from '$lib/server/change-project.ts';
import { fingerprintOf } from '$lib/server/evidence/layout.ts';
import { readEvidenceForm } from '$lib/server/evidence/read-evidence-form.ts';
import { settings } from '$lib/server/settings.ts';
import { fail, redirect } from '@sveltejs/kit';
import { evidenceKey, listEvidence } from '../../../settings/evidence.ts';
import { listPolicies } from '../../../settings/policies.ts';
import {
	EVIDENCE_TURNS,
	readEvidenceSchedule,
	setEvidenceSchedule
} from '../../../settings/evidence-schedule.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const last = today(filters.zone);
	const store = await settings();
	const { publicKey } = await evidenceKey(store);
	const [version] = await listPolicies(store, filters.project);
	return {
		on: parseDay(url.searchParams.get('on'), last) ?? last,
		exports: await listEvidence(store, filters.project),
		schedule: await readEvidenceSchedule(store, filters.project),
		policyRevision: version?.revision,
		fingerprint: fingerprintOf(publicKey)
	};
};

export const actions: Actions = {
	/** Sends the same form on to the download (307), or says at its field what is wrong, with what was typed. */
	download: async ({ request, url, locals }) => {
		const project = findProject({ url, locals });
		if (!project) return fail(404, { field: '', message: 'There is no such project.', asked: {} });
		const form = await request.formData();
		const read = readEvidenceForm(form, today(project.timeZone));
		if (!('mistake' in read))
			redirect(307, `/evidence/download?project=${encodeURIComponent(project.id)}`);
		const asked = Object.fromEntries([...form].map(([name, value]) => [name, String(value)]));
		return fail(400, { ...read.mistake, asked });
	},
	/** Has evidence made at the end of every week or month, or never again. */
	schedule: async ({ request, url, locals }) => {
		const chosen = String((await request.formData()).get('every') ?? '');
		const every = EVIDENCE_TURNS.find((one) => one === chosen);
		return changeProject({ url, locals, field: 'every' }, async (projectId) => {
			await setEvidenceSchedule(await settings(), {
				projectId,
				...(every && { every }),
				author: locals.access.author
			});
		});
	}
};
