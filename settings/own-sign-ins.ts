import { addKey } from './keys.ts';
import type { Settings } from './open-settings.ts';
import { allowOrigin, createProject, findSender, listProjects, ProjectError } from './projects.ts';

/** The project in which sign-ins to Passlens itself are, once an administrator wants that. */
export const OWN_PROJECT = 'passlens';
const NAME = 'Passlens itself';
const ID = 1;

/** Whether Passlens watches its own sign-ins, and with which key its server tells of them. */
export interface OwnSignIns {
	watched: boolean;
	serverKey: string;
}

/** Undefined: nobody ever wanted it. */
export async function readOwnSignIns(settings: Settings): Promise<OwnSignIns | undefined> {
	const row = await settings
		.selectFrom('own_sign_ins')
		.select(['watched', 'server_key'])
		.where('id', '=', ID)
		.executeTakeFirst();
	return row && { watched: row.watched === 1, serverKey: row.server_key };
}

/**
 * Has sign-ins to Passlens watched from now on: makes their project, or shows it again.
 *
 * @param origin where people sign in
 * @throws ProjectError when somebody else's project has the id
 */
export async function watchOwnSignIns(settings: Settings, origin: string): Promise<void> {
	const known = await readOwnSignIns(settings);
	const there = (await listProjects(settings)).some(({ id }) => id === OWN_PROJECT);
	if (there && !known)
		throw new ProjectError(
			'exists',
			`There is a project "${OWN_PROJECT}" that somebody made: sign-ins to Passlens need this id for themselves.`
		);
	if (!there) await createProject(settings, { id: OWN_PROJECT, name: NAME });
	await allowOrigin(settings, { projectId: OWN_PROJECT, origin });
	const kept = known && (await findSender(settings, known.serverKey))?.projectId === OWN_PROJECT;
	const server_key = kept
		? known.serverKey
		: await addKey(settings, { projectId: OWN_PROJECT, kind: 'server' });
	await settings
		.insertInto('own_sign_ins')
		.values({ id: ID, watched: 1, server_key })
		.onConflict((conflict) => conflict.column('id').doUpdateSet({ watched: 1, server_key }))
		.execute();
}

/** Watches them no more, and puts the project with what is in it out of sight until somebody wants it again. */
export async function stopWatchingOwnSignIns(settings: Settings): Promise<void> {
	await settings.updateTable('own_sign_ins').set({ watched: 0 }).where('id', '=', ID).execute();
}
