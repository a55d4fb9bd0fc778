import { error, json, redirect, type RequestEvent } from '@sveltejs/kit';
import { FRESH_MS } from '../../../../settings/access/sessions.ts';
import { wantsFresh } from '../../sign-in/wants-fresh.ts';
import { problem, problemResponse } from '../api/problem.ts';
import { plainPage } from '../plain-page.ts';
import { accessOf, askedProject, type Access } from './access.ts';
import { countFailure, secondsToWait } from './failed-tries.ts';
import { noteRefusal } from './note-request.ts';
import { readAccess } from './read-access.ts';
import { isQuestion, ROUTES } from './routes.ts';

/**
 * Finds out who asks and whether they may, before any page or endpoint runs.
 *
 * @returns what they are answered in its place, if they may not
 */
export async function guardRoute(event: RequestEvent): Promise<Response | undefined> {
	const access = await readAccess(event);
	event.locals.access = access ?? accessOf({ person: null, grants: [], projects: [] });
	const { route, url, request } = event;
	if (!access || IS_TRIED.has(route.id ?? '')) {
		const seconds = await secondsToWait(event, access ? 'sign-in' : 'api-key');
		if (seconds !== undefined) return refuseForNow(event, seconds);
	}
	if (!access) {
		await countFailure(event, 'api-key');
		return unknown('key_unknown', 'No such API key: it may be mistyped, withdrawn or too old.');
	}
	if (mayRequest({ routeId: route.id, search: url.searchParams, method: request.method, access }))
		return isStale(event, access) ? askAnew(event) : undefined;
	await noteRefusal(event);
	return refuse(event, access);
}

/** Where somebody may try what they do not have. Whoever has a session, or a key that works, is asked nowhere else. */
const IS_TRIED = new Set([
	...['/sign-in/verify', '/sign-in/anew/verify', '/sign-in/provider/callback'],
	...['/welcome/[token]', '/welcome/[token]/options', '/welcome/[token]/verify']
]);

/** Who failed too often waits, right or wrong. */
function refuseForNow({ request, route }: RequestEvent, seconds: number): Response {
	const minutes = Math.ceil(seconds / 60);
	const wait = minutes === 1 ? 'a minute' : `${minutes} minutes`;
	const message = `Too many sign-ins from your network failed. Try again in ${wait}.`;
	const headers = { 'retry-after': String(seconds) };
	if (route.id?.startsWith('/api/'))
		return problemResponse(problem(429, 'too_many_tries', message), headers);
	if (request.headers.get('accept')?.includes('text/html'))
		return plainPage({ status: 429, title: 'Not now', paragraphs: [message], headers });
	return json({ code: 'too_many_tries', message }, { status: 429, headers });
}

/** Whether who asks may do what is asked at this route. A route without a line is open to nobody. */
export function mayRequest({
	routeId,
	search,
	method,
	access
}: {
	routeId: string | null;
	search: URLSearchParams;
	method: string;
	access: Access;
}): boolean {
	// No route at all is nothing to guard: it answers that it is not there.
	if (routeId === null) return true;
	const rule = Object.hasOwn(ROUTES, routeId) ? ROUTES[routeId] : undefined;
	const reads = method === 'GET' || method === 'HEAD';
	const action = reads ? rule?.read : rule?.change;
	if (!rule || !action) return false;
	const may = reads || isQuestion(action) ? access.may : access.mayChange;
	switch (rule.scope) {
		case 'public':
		case 'server-key':
			return true;
		case 'own':
			return access.person !== null;
		case 'any-project':
			return access.projects.some(({ id }) => may(action, id));
		case 'instance':
			return may(action);
		case 'playground':
			return may(action, 'playground');
		case 'project': {
			const project = askedProject(search, access);
			// Where there is no project yet, pages say so to whoever may do this in all that are to come.
			return may(action, project);
		}
	}
}

/** Whether what is asked wants a fresher sign-in than there is. */
function isStale({ route, url, request }: RequestEvent, access: Access): boolean {
	if (request.method === 'GET' || request.method === 'HEAD' || isFresh(access)) return false;
	return wantsFresh(ROUTES[route.id ?? '']?.fresh || undefined, url.searchParams);
}

/** Whether whoever is signed in showed within the last minutes who they are. Programs have a key, and are asked for nothing else. */
export function isFresh({ person, session }: Access): boolean {
	return person === null || (session !== null && session.freshAt > Date.now() - FRESH_MS);
}

/** Pages ask before they send a form; this is for what comes nevertheless. */
function askAnew({ request }: RequestEvent): Response {
	const [code, message] = [
		'sign_in_anew',
		'This is sensitive, and your last sign-in is too long ago: sign in anew, then send it again.'
	];
	if (request.headers.has('x-sveltekit-action')) return refusedForm({ code, message });
	if (request.headers.get('accept')?.includes('text/html'))
		return plainPage({ status: 403, title: 'Is it still you?', paragraphs: [message] });
	return json({ code, message }, { status: 403 });
}

/** What somebody may not see is not told apart from what is not there; who has not signed in is asked to. */
async function refuse(event: RequestEvent, access: Access): Promise<Response> {
	const { person, key } = access;
	const { request, route, url, isDataRequest } = event;
	const { headers, method } = request;
	const ofApi = route.id?.startsWith('/api/') === true;
	const page =
		isDataRequest ||
		headers.get('accept')?.includes('text/html') === true ||
		headers.has('x-sveltekit-action');
	if (!person && page && !ofApi) {
		const from = method === 'GET' ? `${url.pathname}${url.search}` : '/';
		const location = `/sign-in?next=${encodeURIComponent(from)}`;
		// A page's script reads what is thrown here; a browser gets an answer, which has the headers that every answer has.
		if (isDataRequest || headers.has('x-sveltekit-action')) redirect(303, location);
		return new Response(null, { status: 303, headers: { location } });
	}
	if (key) return refuseKey(url, access);
	if (!person) return unknown('sign_in_required', 'Sign in, or send an API key of the dashboard.');
	if (headers.has('x-sveltekit-action') && mayRead(event, access)) return refuseForm();
	if (ofApi || !page || method !== 'GET')
		return problemResponse(
			problem(404, 'not_open', 'There is nothing here that you may see or do.')
		);
	if (isDataRequest) error(404, 'Not Found');
	// As it is answered where there is nothing, to the letter.
	return event.fetch('/no-such-page', {
		headers: { accept: 'text/html', host: headers.get('host') ?? '' }
	});
}

const mayRead = ({ route, url }: RequestEvent, access: Access) =>
	mayRequest({ routeId: route.id, search: url.searchParams, method: 'GET', access });

/** Who sees the page may know that their role changes nothing there: SvelteKit's form of a failed action, which pages show beside the form. */
const refuseForm = () =>
	refusedForm({
		code: 'not_allowed',
		message:
			'Your role lets you see this, and not change it. An administrator can give you another.'
	});

function refusedForm({ code, message }: { code: string; message: string }): Response {
	const data = JSON.stringify([{ code: 1, message: 2 }, code, message]);
	return json({ type: 'failure', status: 403, data }, { status: 403 });
}

/** A key is told what it lacks in a project that it may see, and nothing of any other. */
function refuseKey(url: URL, { projects, key }: Access): Response {
	const project = askedProject(url.searchParams, { projects });
	if (!projects.some(({ id }) => id === project))
		return problemResponse(
			problem(
				404,
				'unknown_project',
				'There is no such project, or this key is not for it.',
				'project'
			)
		);
	return problemResponse(
		problem(403, 'not_allowed', `The API key “${key?.name}” may not do this.`)
	);
}

const unknown = (code: string, detail: string) =>
	problemResponse(problem(401, code, detail), { 'www-authenticate': 'Bearer realm="Passlens"' });
