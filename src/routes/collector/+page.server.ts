import { describeCause } from '$lib/format/cause-names.ts';
import { database } from '$lib/server/database.ts';
import {
	arrivalDelays,
	collectorHours,
	collectorRefusals,
	collectorStates,
	knowledgeTables
} from '$lib/server/queries/collector-health.ts';
import { leftOut } from '$lib/server/queries/left-out.ts';
import { unknownSignatures } from '$lib/server/queries/unknown-signatures.ts';
import { settings } from '$lib/server/settings.ts';
import { listConfiguredTables } from '../../../settings/configuration/configured.ts';
import { readLegacyModels } from '../../../settings/legacy-rules.ts';
import { LEGACY_SYSTEMS, readLegacyVersions } from '../../../settings/legacy-versions.ts';
import type { Settings } from '../../../settings/open-settings.ts';
import { ProjectError } from '../../../settings/projects.ts';
import {
	newestReclassification,
	requestReclassification
} from '../../../settings/reclassifications.ts';
import { removeLegacyModel, setLegacyModel } from '../../../settings/set-legacy-model.ts';
import { setLegacyVersions } from '../../../settings/set-legacy-versions.ts';
import { setTableSource } from '../../../settings/set-table-source.ts';
import { readSignatureNames, signatureId } from '../../../settings/signature-names.ts';
import { requestTableCheck } from '../../../settings/table-checks.ts';
import { TABLE_NAMES } from '../../../settings/table-names.ts';
import { TABLE_SETTINGS } from '../../../settings/table-sources.ts';
import { fail } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';
import { tellRun } from './tell-run.ts';
import { describeTable } from './describe-table.ts';
import { readTableSettings } from './read-table-settings.ts';

/** Of every project: the collectors are the operator's, not a project's. */
export const load: PageServerLoad = async ({ locals }) => {
	const client = await database();
	const store = await settings();
	const [
		collectors,
		hours,
		refusals,
		[delays],
		tables,
		signatures,
		omissions,
		{ names },
		run,
		files,
		tableSettings,
		models,
		versions
	] = await Promise.all([
		collectorStates(client, {}),
		collectorHours(client, {}),
		collectorRefusals(client, {}),
		arrivalDelays(client, {}),
		knowledgeTables(client, {}),
		unknownSignatures(client, {}),
		leftOut(client, {}),
		readSignatureNames(store),
		newestReclassification(store),
		listConfiguredTables(store),
		readTableSettings(store, { mayChange: mayChangeAll(locals) }),
		readLegacyModels(store),
		readLegacyVersions(store)
	]);
	return {
		...{ collectors, hours, refusals, delays: delays!, signatures },
		run: run && tellRun(run),
		/** Told in words here: a page need not fetch what says them. */
		tables: tables.map((table) => ({
			...table,
			told: describeTable(table, tableSettings.roots[table.collector])
		})),
		leftOut: omissions,
		legacy: {
			models: [...models].map(([aaguid, name]) => ({ aaguid, name })),
			said: versions,
			mayChange: mayChangeAll(locals),
			file: files.legacy_versions,
			modelsFile: files.legacy_classes
		},
		tableSettings,
		names: names.map((name) => ({
			...{ ...name, id: signatureId(name) },
			comesFrom: describeCause(name.cause).name
		}))
	};
};

export const actions: Actions = {
	reclassify: async ({ locals }) =>
		requestReclassification(await settings(), { by: locals.access.author }),
	setLegacyVersions: async ({ request, locals }) => {
		const form = await request.formData();
		const typed = LEGACY_SYSTEMS.map((system) => [system, String(form.get(system) ?? '')]);
		return changeLegacy(locals, 'legacyMistake', (store) =>
			setLegacyVersions(store, Object.fromEntries(typed))
		);
	},
	setLegacyModel: async ({ request, locals }) => {
		const form = await request.formData();
		return changeLegacy(locals, 'modelMistake', (store) =>
			setLegacyModel(store, {
				aaguid: String(form.get('aaguid') ?? ''),
				legacyClass: String(form.get('class') ?? '')
			})
		);
	},
	removeLegacyModel: async ({ request, locals }) => {
		const aaguid = String((await request.formData()).get('aaguid') ?? '');
		return changeLegacy(locals, 'modelMistake', (store) => removeLegacyModel(store, aaguid));
	},
	setTable: async ({ request, locals }) => {
		const form = await request.formData();
		const table = String(form.get('table') ?? '');
		const refuse = (status: number, message: string) =>
			fail(status, { tableMistake: { table, field: 'value', message } });
		if (!mayChangeAll(locals)) return refuse(403, NOT_THEIR_TABLES);
		const name = TABLE_SETTINGS.find((one) => one === table);
		const typed = form.get('value');
		if (!name || typeof typed !== 'string') return refuse(400, 'There is no such table.');
		try {
			await setTableSource(await settings(), { name, typed });
			locals.changed = { table: name, value: withoutSecrets(typed.trim()) };
		} catch (error) {
			if (!(error instanceof ProjectError)) throw error;
			return refuse(400, error.message);
		}
	},
	checkTable: async ({ request, locals }) => {
		const table = String((await request.formData()).get('table') ?? '');
		const refuse = (status: number, message: string) =>
			fail(status, { tableMistake: { table, field: 'value', message } });
		if (!mayChangeAll(locals)) return refuse(403, NOT_THEIR_TABLES);
		const name = TABLE_NAMES.find((one) => one === table);
		if (!name) return refuse(400, 'There is no such table.');
		await requestTableCheck(await settings(), name);
	}
};

async function changeLegacy(
	locals: App.Locals,
	form: 'legacyMistake' | 'modelMistake',
	change: (store: Settings) => Promise<void>
) {
	const refuse = (status: number, field: string, message: string) =>
		fail(status, { [form]: { field, message } });
	if (!mayChangeAll(locals)) return refuse(403, '', NOT_THEIRS);
	try {
		await change(await settings());
	} catch (error) {
		if (!(error instanceof ProjectError)) throw error;
		return refuse(400, error.field ?? '', error.message);
	}
}

/** An address may hold an access token. */
function withoutSecrets(typed: string): string {
	const url = URL.parse(typed);
	return url ? url.origin + url.pathname : typed;
}

/** What moves the figures of every project, or has every collector ask somebody. */
const mayChangeAll = (locals: App.Locals) => locals.access.mayChange('administer');

const NOT_THEIRS =
	'What counts as legacy in every project is said by an administrator of all projects.';
const NOT_THEIR_TABLES =
	'From where collectors have their tables is said by an administrator of all projects.';
