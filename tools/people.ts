// `npm run people`: who may sign in to the dashboard, from the command line; also the way back in for a locked-out administrator.
import { parseArgs } from 'node:util';
import { endInvitation, invite, listInvitations } from '../settings/access/invitations.ts';
import {
	EVERY_PROJECT,
	listPeople,
	PeopleError,
	readRole,
	removePerson,
	type Person,
	type RoleIn
} from '../settings/access/people.ts';
import { endSessions } from '../settings/access/sessions.ts';
import type { Settings } from '../settings/open-settings.ts';
import { requireProject } from '../settings/projects.ts';
import { DATA_DIR, noteCommand, runCommand, UsageError, withSettings } from './command.ts';

const USAGE = `npm run people -- list                              who may sign in, and links not used yet
npm run people -- invite "Kim" --role admin [--project shop] [--email kim@example.com]
                                                    a link for somebody new; without a project, for all of them; with an
                                                    address, the identity provider can let them in by it as well
npm run people -- link <person>                     a link for a new passkey of somebody who lost theirs
npm run people -- sign-out <person>                 ends their sessions
npm run people -- revoke <person|link>              removes somebody with all their passkeys, or withdraws a link

Roles: viewer, analyst, engineer, auditor, admin. A person or link is named by the id that list shows. The dashboard's
address stands in PASSLENS_ORIGIN, or is given by --origin; else it is http://localhost:7300.`;

interface Flags {
	role?: string | undefined;
	project?: string | undefined;
	email?: string | undefined;
	origin: string;
}

await runCommand(async () => {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			...DATA_DIR,
			role: { type: 'string' },
			project: { type: 'string' },
			email: { type: 'string' },
			origin: { type: 'string', default: process.env.PASSLENS_ORIGIN ?? 'http://localhost:7300' },
			help: { type: 'boolean', short: 'h', default: false }
		}
	});
	if (values.help) return void process.stdout.write(`${USAGE}\n`);
	await withSettings(values['data-dir'], async (settings) => {
		const told = await run(settings, positionals, values);
		const [command = '', subject = ''] = positionals;
		if (command !== 'list') await noteCommand(settings, { command: `people ${command}`, subject });
		process.stdout.write(`${told}\n`);
	});
});

async function run(
	settings: Settings,
	[command, subject]: string[],
	{ role, project, email, origin }: Flags
): Promise<string> {
	const linkTo = (token: string) => `${origin.replace(/\/$/, '')}/welcome/${token}`;
	const by = 'npm run people';
	if (command === 'list') return list(settings);
	if (!subject) throw new UsageError(USAGE);
	if (command === 'invite') {
		if (role === undefined)
			throw new UsageError('Say what they may do: --role viewer, or another.');
		if (project !== undefined) await requireProject(settings, project);
		const roles = [{ projectId: project ?? EVERY_PROJECT, role: readRole(role) }];
		return linkTo(await invite(settings, { name: subject, email, roles, by }));
	}
	if (command === 'revoke') return revoke(settings, subject);
	if (command === 'link') {
		const { id: personId, name } = await findPerson(settings, subject);
		return linkTo(await invite(settings, { kind: 'recovery', name, personId, by }));
	}
	if (command === 'sign-out') {
		const { id, name } = await findPerson(settings, subject);
		await endSessions(settings, id);
		return `${name} is signed out everywhere.`;
	}
	throw new UsageError(USAGE);
}

async function list(settings: Settings): Promise<string> {
	const [people, links] = await Promise.all([listPeople(settings), listInvitations(settings)]);
	const roles = (all: readonly RoleIn[]) =>
		all.map(({ projectId, role }) => `${role} of ${projectId}`).join(', ') || 'no role';
	const lines = [
		...people.map(({ id, name, passkeys, identities, roles: own, groupRoles }) =>
			[
				...[id, name, `${passkeys} passkeys`],
				...(identities.length > 0 ? ['identity provider'] : []),
				roles([...own, ...groupRoles])
			].join('  ')
		),
		...links.map(({ id, kind, name, roles: all, expiresAt }) =>
			[
				...[id.slice(0, 12), `link (${kind})`, name],
				...[roles(all), `until ${new Date(expiresAt).toISOString()}`]
			].join('  ')
		)
	];
	return lines.join('\n') || 'Nobody can sign in yet.';
}

async function revoke(settings: Settings, subject: string): Promise<string> {
	const links = (await listInvitations(settings)).filter(({ id }) => id.startsWith(subject));
	if (/^[0-9a-f]{12,64}$/.test(subject) && links.length === 1) {
		await endInvitation(settings, links[0]!.id);
		return 'The link works no more.';
	}
	const { id, name } = await findPerson(settings, subject);
	await removePerson(settings, id);
	return `${name} is removed, with passkeys, roles and sessions.`;
}

async function findPerson(settings: Settings, id: string): Promise<Person> {
	const found = (await listPeople(settings)).find((person) => person.id === id);
	if (found) return found;
	throw new PeopleError(
		'not_found',
		'person',
		`There is no person "${id}". "npm run people -- list" shows everybody's id.`
	);
}
