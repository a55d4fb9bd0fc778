/** A question of the read API, as its OpenAPI document describes it. */
export interface Operation {
	/** `list_failures` */
	id: string;
	/** Below `/api/v1`; a name in braces stands for one thing. */
	path: string;
	description: string;
	query: { name: string; description: string }[];
}

interface Described {
	paths: Record<
		string,
		{
			get: {
				operationId: string;
				description: string;
				parameters: { name: string; in: string; description?: string }[];
			};
		}
	>;
}

/** What can be asked of a dashboard, by operation. */
export async function readDescription(
	url: string
): Promise<{ operations: Map<string, Operation> } | { trouble: string }> {
	const answer = await get(url, '/api/openapi.json', {});
	if ('trouble' in answer) return answer;
	const { paths } = (await answer.response.json().catch(() => ({}))) as Partial<Described>;
	if (!paths)
		return { trouble: `${url} does not answer as a Passlens dashboard does. Is --url right?` };
	const operations = Object.entries(paths).map(([path, { get: described }]): Operation => {
		const { operationId: id, description, parameters } = described;
		const query = parameters
			.filter((parameter) => parameter.in === 'query')
			.map(({ name, description: means = '' }) => ({ name, description: means }));
		return { id, path, description, query };
	});
	return { operations: new Map(operations.map((operation) => [operation.id, operation])) };
}

/** How a request that was not answered ends the command: asked wrongly or nothing there, not allowed, not answered. */
export type Exit = 1 | 2 | 3;

/** Asks; what is wrong is told in the server's words. */
export async function askApi({
	url,
	key,
	operation,
	named,
	values
}: {
	url: string;
	key: string | undefined;
	operation: Operation;
	/** What stands in the path's braces. */
	named: string | undefined;
	values: Record<string, string>;
}): Promise<{ body: unknown } | { exit: Exit; trouble: string }> {
	const path = operation.path.replace(/\{\w+\}/, encodeURIComponent(named ?? ''));
	const search = new URLSearchParams(values).toString();
	const answer = await get(url, `/api/v1${path}${search && `?${search}`}`, {
		...(key && { authorization: `Bearer ${key}` })
	});
	if ('trouble' in answer) return { exit: 3, ...answer };
	const { response } = answer;
	const body: unknown = await response.json().catch(() => undefined);
	if (response.ok) return { body };
	const { detail, field, code } = (body ?? {}) as Record<string, string | undefined>;
	const where = field ? ` (--${field})` : '';
	const trouble = detail ? `${detail}${where}` : `${url} answered ${response.status}.`;
	return { exit: exitOf(response.status), trouble: withAdvice(trouble, code) };
}

const exitOf = (status: number): Exit =>
	status === 401 || status === 403 ? 2 : status === 429 || status >= 500 ? 3 : 1;

const withAdvice = (trouble: string, code: string | undefined) =>
	code === 'sign_in_required'
		? `${trouble} Set PASSLENS_API_KEY to one: npm run api-key -- add "Terminal" --project <id> --may view,see-users`
		: trouble;

async function get(
	url: string,
	path: string,
	headers: Record<string, string>
): Promise<{ response: Response } | { trouble: string }> {
	if (!URL.canParse(url)) return { trouble: `“${url}” is no address. --url takes http://…` };
	try {
		return { response: await fetch(new URL(path, url), { headers }) };
	} catch (error) {
		const { cause } = error as { cause?: { code?: string; message?: string } };
		return {
			trouble: `${url} cannot be reached: ${cause?.code ?? cause?.message ?? String(error)}.`
		};
	}
}
