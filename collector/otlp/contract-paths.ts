import { z } from 'zod';
import { eventSchema } from '../../sdk/event/index.ts';

interface JsonSchema {
	$ref?: string;
	$defs?: Record<string, JsonSchema>;
	oneOf?: JsonSchema[];
	properties?: Record<string, JsonSchema>;
	additionalProperties?: unknown;
	const?: string;
}

/** Where a dotted attribute name points in an event. */
export type ContractPath = readonly string[];

/** The dotted names of one event type. */
interface Names {
	leaves: ReadonlyMap<string, ContractPath>;
	/** Maps with keys of the sender's choice, such as `tags.`. */
	maps: readonly { prefix: string; path: ContractPath }[];
}

/** Read from the contract itself, so that a new field needs nothing here. */
const NAMES: ReadonlyMap<string, Names> = readContract();

/** The field of the contract that a dotted name means in an event of this type; undefined when the contract has none. */
export function findContractPath(type: string, name: string): ContractPath | undefined {
	const names = NAMES.get(type);
	const leaf = names?.leaves.get(name);
	if (leaf) return leaf;
	const map = names?.maps.find(
		({ prefix }) => name.length > prefix.length && name.startsWith(prefix)
	);
	return map && [...map.path, name.slice(map.prefix.length)];
}

function readContract(): ReadonlyMap<string, Names> {
	const root: JsonSchema = z.toJSONSchema(eventSchema, { io: 'input' }) as JsonSchema;
	const resolve = (schema: JsonSchema): JsonSchema =>
		schema.$ref ? root.$defs![schema.$ref.replace('#/$defs/', '')]! : schema;
	return new Map(
		root.oneOf!.map(resolve).map((event) => {
			const leaves = new Map<string, ContractPath>();
			const maps: { prefix: string; path: ContractPath }[] = [];
			const walk = (schema: JsonSchema, path: ContractPath): void => {
				for (const [key, given] of Object.entries(schema.properties ?? {})) {
					const inner = resolve(given);
					const here = [...path, key];
					if (inner.properties) walk(inner, here);
					else if (inner.additionalProperties)
						maps.push({ prefix: `${here.join('.')}.`, path: here });
					else leaves.set(here.join('.'), here);
				}
			};
			walk(event, []);
			return [event.properties!.type!.const!, { leaves, maps }] as const;
		})
	);
}
