import { FAILURE_CAUSES } from '../../../../../sdk/common/failure-causes.ts';
import { CONFIDENCES } from '$lib/format/names.ts';
import { database } from '$lib/server/database.ts';
import { signatureDetail, signatureSamples } from '$lib/server/queries/unknown-signatures.ts';
import { settings } from '$lib/server/settings.ts';
import { error, fail } from '@sveltejs/kit';
import {
	newestReclassification,
	requestReclassification
} from '../../../../../settings/reclassifications.ts';
import {
	forgetSignature,
	nameSignature,
	readSignatureNames,
	signatureId
} from '../../../../../settings/signature-names.ts';
import { tellRun } from '../../tell-run.ts';
import type { Actions, PageServerLoad } from './$types';

const LONGEST_NOTE = 300;

export const load: PageServerLoad = async ({ params }) => {
	const { signature, detail, name } = await findSignature(params.id);
	const samples = await signatureSamples(await database(), { signature_id: params.id });
	const run = await newestReclassification(await settings());
	return {
		...{ signature, detail, name, samples },
		run: run && tellRun(run),
		askedAt: new Date().toISOString()
	};
};

export const actions: Actions = {
	name: async ({ params, request, locals }) => {
		const form = await request.formData();
		const cause = FAILURE_CAUSES.find((item) => item === form.get('cause'));
		const confidence = CONFIDENCES.find((item) => item === form.get('confidence'));
		const note = String(form.get('note') ?? '').trim();
		if (!cause) return fail(400, { field: 'cause', message: 'Choose what it comes from.' });
		if (!confidence)
			return fail(400, { field: 'confidence', message: 'Choose how sure of it you are.' });
		if (note.length > LONGEST_NOTE)
			return fail(400, {
				field: 'note',
				message: `The reason has ${note.length} characters; ${LONGEST_NOTE} are kept.`
			});
		const { signature } = await findSignature(params.id);
		const { author } = locals.access;
		await nameSignature(await settings(), { ...signature, cause, confidence, note, author });
		await requestReclassification(await settings(), { by: author });
	},
	forget: ({ params, locals }) => forget(params.id, locals.access.author)
};

async function forget(id: string, author: string): Promise<void> {
	const { signature } = await findSignature(id);
	if (await forgetSignature(await settings(), { ...signature, author }))
		await requestReclassification(await settings(), { by: author });
}

/** The error of this id, what is kept of it, and the operator's name for it. */
async function findSignature(id: string) {
	const { names } = await readSignatureNames(await settings());
	const name = names.find((item) => signatureId(item) === id);
	const [detail] = /^[0-9a-f]{10}$/.test(id)
		? await signatureDetail(await database(), { signature_id: id })
		: [];
	const found = detail ?? name;
	if (!found)
		error(404, 'No ceremony ended with an error of this id. Its data may have been removed since.');
	const { error_name, error_signature, error_code } = found;
	return { signature: { error_name, error_signature, error_code }, detail, name };
}
