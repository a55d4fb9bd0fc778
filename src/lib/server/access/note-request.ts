import type { RequestEvent } from '@sveltejs/kit';
import {
	noteAudit,
	type Actor,
	type AuditAction,
	type AuditNote
} from '../../../../settings/access/audit-log.ts';
import { settings } from '../settings.ts';
import { countFailure } from './failed-tries.ts';
import { askedProject, type Access, type Action } from './access.ts';
import { isQuestion, ROUTES } from './routes.ts';

/** Looking again at the same thing is no other look: a page that asks every two seconds is one entry. */
const SAME_LOOK_MS = 600_000;
const MOST_LOOKS = 10_000;
const looks = new Map<string, number>();

/** Who acts, as the log names them. */
export function actorOf({ person, key }: Pick<Access, 'person' | 'key'>): Actor {
	if (person) return { kind: 'person', id: person.id, name: person.name };
	if (key) return { kind: 'api-key', id: key.id, name: key.name };
	return { kind: 'nobody', name: '' };
}

/** Adds what somebody did on a page to the audit log. */
export async function noteFor(
	{ locals }: Pick<RequestEvent, 'locals'>,
	note: Omit<AuditNote, 'actor'>
): Promise<void> {
	await noteAudit(await settings(), { actor: actorOf(locals.access), ...note });
}

/** Notes a request that was answered, if it is of the kind that the audit log is about: a look at single people, an export, a change. */
export async function noteRequest(event: RequestEvent, response: Response): Promise<void> {
	const { route, url, request, locals } = event;
	const rule = route.id === null ? undefined : ROUTES[route.id];
	if (!rule || ['playground', 'public', 'server-key'].includes(rule.scope)) return;
	const reads = request.method === 'GET' || request.method === 'HEAD';
	const subject = url.pathname.replace(/\/__data\.json$/, '');
	const projectId =
		rule.scope === 'project' ? askedProject(url.searchParams, locals.access) : undefined;
	if (reads) {
		const action = lookOf(event);
		const query = url.searchParams.get('q');
		// Who is sent elsewhere has seen nothing yet.
		if (!action || response.status >= 300) return;
		return noteLook(event, { action, projectId, subject, query });
	}
	// What asks an authenticator changes nothing (its answer does), nor do an assistant's questions; a sign-in notes itself.
	if (
		route.id?.endsWith('/options') ||
		route.id?.startsWith('/sign-in/') ||
		(rule.change && isQuestion(rule.change) && rule.scope === 'project') ||
		!(await wasDone(response))
	)
		return;
	const change = /(?:^|&)\/(\w+)/.exec(url.search.slice(1))?.[1];
	await noteFor(event, {
		...{ action: 'changed', projectId, subject },
		...(change && { detail: { change, ...locals.changed } })
	});
}

/** Notes a look at single people, or an export, before it is answered; the same look within minutes once. */
export async function noteLook(
	event: Pick<RequestEvent, 'locals'>,
	{
		action,
		projectId,
		subject,
		query
	}: Pick<AuditNote, 'action' | 'projectId'> & { subject: string; query: string | null }
): Promise<void> {
	if (isSameLook([actorOf(event.locals.access).id, projectId, subject, query].join(' '))) return;
	await noteFor(event, { action, projectId, subject, ...(query && { detail: { query } }) });
}

/** Notes that somebody asked for what they may not. */
export async function noteRefusal(event: RequestEvent): Promise<void> {
	const { access } = event.locals;
	const { pathname } = event.url;
	if (!access.person && !access.key) return;
	if (isSameLook(['refused', actorOf(access).id, event.request.method, pathname].join(' '))) return;
	const detail = { method: event.request.method };
	await noteFor(event, { action: 'refused', subject: pathname, detail });
}

/** Strangers can fail as often as they like: no more than so many an hour are written down. */
const MOST_FAILURES = 100;
let failures = { since: 0, count: 0 };

/** What is nobody's fault who wanted to sign in. */
const OF_THE_OPERATOR = ['provider_none', 'provider_secret', 'provider_down'];

/** Notes that somebody could not sign in. */
export async function noteSignInRefused(
	event: RequestEvent,
	{ code }: { code: string }
): Promise<void> {
	if (!OF_THE_OPERATOR.includes(code)) await countFailure(event, 'sign-in');
	if (Date.now() - failures.since > 3_600_000) failures = { since: Date.now(), count: 0 };
	failures.count++;
	if (failures.count > MOST_FAILURES) return;
	const last = failures.count === MOST_FAILURES && { note: 'no more are noted within this hour' };
	await noteFor(event, { action: 'sign-in-refused', detail: { reason: code, ...last } });
}

/** Beside what `isOfPeople`: who breaks a rule, and who did what here. */
const NAMES_PEOPLE = ['/policies/[rule]', '/audit-log'];

/** Whatever shows rows of single people is a look at them, a list of all of them too; a page that counts them is none. */
function lookOf({ route, url }: RequestEvent): AuditAction | undefined {
	const id = route.id ?? '';
	if (id === '/export/[query]' || id === '/api/v1/tables/[name]') return 'exported';
	// Without one of these it asks whom to look for.
	if (id === '/users' && !['group', 'funnel'].some((one) => url.searchParams.has(one)))
		return undefined;
	return isOfPeople(ROUTES[id]?.read) || NAMES_PEOPLE.includes(id) ? 'looked-up' : undefined;
}

/** Whether an action lets one see single people. */
export const isOfPeople = (action: Action | undefined) =>
	action === 'see-users' || action === 'follow-users';

function isSameLook(look: string): boolean {
	const now = Date.now();
	const last = looks.get(look);
	if (last !== undefined && now - last < SAME_LOOK_MS) return true;
	if (looks.size >= MOST_LOOKS) looks.clear();
	looks.set(look, now);
	return false;
}

/** Whether a change was made: a form's mistake is told with status 200 to a page that sent it by script. */
async function wasDone(response: Response): Promise<boolean> {
	if (response.status >= 400) return false;
	if (!response.headers.get('content-type')?.startsWith('application/json')) return true;
	const { type } = (await response.clone().json()) as { type?: unknown };
	return type !== 'failure' && type !== 'error';
}
