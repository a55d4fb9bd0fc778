import type { ClickHouseClient } from '@clickhouse/client';
import type { z } from 'zod';
import type { Settings } from '../../../../settings/open-settings.ts';
import type { Filters } from '../../filters.ts';
import type { Access, Action } from '../access/access.ts';

/** What an endpoint is asked with. */
export interface Asked<Query, Params> {
	client: ClickHouseClient;
	settings: Settings;
	access: Access;
	filters: Filters;
	query: Query;
	params: Params;
}

/** A parameter that cannot be answered, and why. */
export interface Refused {
	field: string;
	message: string;
}

/**
 * One question over HTTP: its address, its parameters and its answer as schemas. The route, OpenAPI, and the tool of the MCP server are
 * all made of this, so that they cannot tell different things.
 */
export interface Endpoint<
	Query extends z.ZodObject = z.ZodObject,
	Params extends z.ZodObject = z.ZodObject,
	Answer extends z.ZodType = z.ZodType
> {
	/** In OpenAPI the operation, with the MCP server the tool: `list_failures`. */
	id: string;
	/** Below `/api/v1`, as OpenAPI writes it: `/failures/{id}`. */
	path: string;
	tag: string;
	summary: string;
	description: string;
	/** What whoever asks must be allowed in the project. */
	action: Action;
	/** Which of the pages' filters it takes: all, the project alone, or none. */
	filters: 'all' | 'project' | 'none';
	/** Parameters of its own. */
	query: Query;
	params: Params;
	answer: Answer;
	/** What is wrong with a parameter beside another, in words for people; undefined: nothing. */
	refuse?(
		asked: Pick<Asked<z.output<Query>, z.output<Params>>, 'query' | 'params'>
	): Refused | undefined;
	/** Undefined: there is no such thing, which is told as 404. */
	ask(asked: Asked<z.output<Query>, z.output<Params>>): Promise<z.output<Answer> | undefined>;
}

/** Types an endpoint by its own schemas. */
export function defineEndpoint<
	Query extends z.ZodObject,
	Params extends z.ZodObject,
	Answer extends z.ZodType
>(endpoint: Endpoint<Query, Params, Answer>): Endpoint {
	return endpoint as unknown as Endpoint;
}
