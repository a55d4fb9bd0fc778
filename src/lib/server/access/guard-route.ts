import type { RequestEvent } from '@sveltejs/kit';
import type { Access } from './access.ts';
import { ROUTES } from './routes.ts';

/** Whether who asks may do what is asked at this route. A route without a line is open to nobody. */
export function mayRequest({
	route,
	url,
	request,
	access
}: Pick<RequestEvent, 'route' | 'url' | 'request'> & { access: Access }): boolean {
	// No route at all is nothing to guard: it answers that it is not there.
	if (route.id === null) return true;
	const rule = ROUTES[route.id];
	const reads = request.method === 'GET' || request.method === 'HEAD';
	const action = reads ? rule?.read : rule?.change;
	if (!rule || !action) return false;
	switch (rule.scope) {
		case 'public':
		case 'server-key':
			return true;
		case 'own':
			return access.person !== null || access.may('view');
		case 'instance':
			return access.may(action);
		case 'playground':
			return access.may(action, 'playground');
		case 'project': {
			const project = url.searchParams.get('project') || access.projects[0]?.id;
			return access.may(action, project);
		}
	}
}
