import openapi from '../../../../sdk/event/openapi.json';

interface Operation {
	summary: string;
	description?: string;
	security?: Record<string, unknown>[];
	requestBody?: { content: Record<string, unknown> };
	responses: Record<string, { $ref?: string; description?: string }>;
}

const METHODS = ['get', 'post', 'put', 'delete'] as const;
type Path = Partial<Record<(typeof METHODS)[number], Operation>>;

/** The collector's operations out of its OpenAPI document, as Markdown. */
export function apiReference(): string {
	const paths = Object.entries(openapi.paths as unknown as Record<string, Path>);
	return paths
		.flatMap(([path, operations]) =>
			METHODS.flatMap((method) => {
				const operation = operations[method];
				return operation ? [describe(`${method.toUpperCase()} ${path}`, operation)] : [];
			})
		)
		.join('\n\n');
}

function describe(name: string, operation: Operation): string {
	const keys = (operation.security ?? []).flatMap((one) => Object.keys(one));
	const bodies = Object.keys(operation.requestBody?.content ?? {});
	const answers = Object.entries(operation.responses).map(
		([status, response]) => `| ${status} | ${oneLine(wordsOf(response))} |`
	);
	return [
		`### ${name}`,
		`${operation.summary}. ${oneLine(operation.description ?? '')}`,
		...(keys.length > 0
			? [`Key: ${[...new Set(keys)].map((key) => `\`${key}\``).join(' or ')}.`]
			: []),
		...(bodies.length > 0 ? [`Body: ${bodies.map((type) => `\`${type}\``).join(', ')}.`] : []),
		['| answer | what it means |', '| --- | --- |', ...answers].join('\n')
	].join('\n\n');
}

/** A response is described where it stands, or among the components. */
function wordsOf({ $ref, description }: { $ref?: string; description?: string }): string {
	if (!$ref) return description ?? '';
	const name = $ref.split('/').at(-1)!;
	const { responses } = openapi.components as unknown as {
		responses: Record<string, { description: string }>;
	};
	return responses[name]?.description ?? '';
}

/** For a cell: the points of a list become its sentences. */
const oneLine = (text: string) =>
	text.replaceAll('\n- ', ' ').replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
