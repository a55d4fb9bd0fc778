import { z } from 'zod';
import { CEREMONY_ENDPOINTS } from './ceremony-endpoints.ts';
import { CREDENTIAL_ENDPOINTS } from './credential-endpoints.ts';
import { defineEndpoint, type Endpoint } from './endpoint.ts';
import { FAILURE_ENDPOINTS } from './failure-endpoints.ts';
import { FIGURE_ENDPOINTS } from './figure-endpoints.ts';
import { NOTHING } from './parameters.ts';
import { TABLE_ENDPOINTS } from './table-endpoints.ts';
import { USER_ENDPOINT } from './user-endpoint.ts';

const listProjects = defineEndpoint({
	id: 'list_projects',
	path: '/projects',
	tag: 'Projects',
	summary: 'Projects',
	description: 'The projects that whoever asks may see, oldest first.',
	action: 'view',
	filters: 'none',
	query: NOTHING,
	params: NOTHING,
	answer: z.object({
		projects: z.array(
			z.object({
				id: z.string(),
				name: z.string(),
				time_zone: z.string().describe('IANA name: the days of its figures are this zone’s')
			})
		)
	}),
	ask: async ({ access }) => ({
		projects: access.projects.map(({ id, name, timeZone }) => ({ id, name, time_zone: timeZone }))
	})
});

/** Every question of the read API, in the order they are documented. */
export const ENDPOINTS: readonly Endpoint[] = [
	listProjects,
	...FIGURE_ENDPOINTS,
	...TABLE_ENDPOINTS,
	...FAILURE_ENDPOINTS,
	...CEREMONY_ENDPOINTS,
	...CREDENTIAL_ENDPOINTS,
	USER_ENDPOINT
];

/** An endpoint by its path. @throws RangeError where there is none, which is a mistake in a route */
export function findEndpoint(path: string): Endpoint {
	const found = ENDPOINTS.find((endpoint) => endpoint.path === path);
	if (!found) throw new RangeError(`No endpoint ${path}`);
	return found;
}
