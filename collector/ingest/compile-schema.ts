import type { z } from 'zod';

type Schema = z.core.$ZodTypes;

/**
 * Turns a schema into one function of its own, which says yes several times as fast as the validator does, and with the same
 * output: known fields alone, defaults filled in. It never says no. What it does not take is the validator's to judge, which
 * tells why; so do the parts of a schema that are of a kind not written down here.
 *
 * @returns undefined: ask the validator
 */
export function compileSchema<S extends z.ZodType>(
	schema: S
): (value: unknown) => z.output<S> | undefined {
	const constants: unknown[] = [];
	const functions: string[] = [];
	const known = new Map<Schema, string>();

	function constant(value: unknown): string {
		return `k[${constants.push(value) - 1}]`;
	}

	/** Statements that leave the output of `input` in `output`, or end with undefined. `input` is not undefined. */
	function statements(schema: Schema, input: string, output: string): string {
		const condition = conditionOf(schema, input, constant);
		if (condition !== undefined)
			return `if (!(${condition})) return undefined; ${output} = ${input};`;
		return `${output} = ${functionOf(schema)}(${input}); if (${output} === undefined) return undefined;`;
	}

	function functionOf(schema: Schema): string {
		const before = known.get(schema);
		if (before !== undefined) return before;
		const name = `f${known.size}`;
		known.set(schema, name);
		functions.push(`function ${name}(v) { ${body(schema)} }`);
		return name;
	}

	function body(schema: Schema): string {
		const { def } = schema._zod;
		const refined = refinements(def.checks, constant);
		if (def.type === 'object' && !def.catchall && refined !== undefined)
			return `${IS_OBJECT} const o = {}; let a; ${Object.entries(def.shape)
				.map(([name, field]) => property(name, field as Schema))
				.join('\n')} ${refined} return o;`;
		if (def.type === 'array') {
			const length = lengths(def.checks, 'v');
			if (length !== undefined)
				return `if (!(Array.isArray(v)${length})) return undefined; const o = new Array(v.length); let a, b;
					for (let i = 0; i < v.length; i++) { a = v[i]; ${statements(def.element as Schema, 'a', 'b')} o[i] = b; } return o;`;
		}
		if (def.type === 'record' && refined !== undefined)
			return `${IS_OBJECT} const o = {}; let a, b; for (const n of Object.keys(v)) { if (n === '__proto__') continue; a = v[n];
				${statements(def.keyType as Schema, 'n', 'b')} ${statements(def.valueType as Schema, 'a', 'b')} o[n] = b; } ${refined} return o;`;
		if (def.type === 'union' && 'discriminator' in def && !def.checks?.length) {
			const options = def.options.map((option) => option as z.core.$ZodObject);
			return `${IS_OBJECT} switch (v[${JSON.stringify(def.discriminator)}]) { ${options
				.map((option) => {
					const tag = option._zod.def.shape[String(def.discriminator)] as z.core.$ZodLiteral;
					return `case ${JSON.stringify(tag._zod.def.values[0])}: return ${functionOf(option as Schema)}(v);`;
				})
				.join(' ')} } return undefined;`;
		}
		return `return ${constant((value: unknown) => (schema as unknown as z.ZodType).safeParse(value).data)}(v);`;
	}

	function property(name: string, field: Schema): string {
		const { def } = field._zod;
		const place = `o[${JSON.stringify(name)}]`;
		const read = `a = v[${JSON.stringify(name)}];`;
		const given = (inner: z.core.$ZodType) => `{ ${statements(inner as Schema, 'a', place)} }`;
		const plain = !def.checks?.length;
		if (plain && def.type === 'optional' && def.innerType._zod.optin === undefined)
			return `${read} if (a !== undefined) ${given(def.innerType)}`;
		if (plain && def.type === 'default')
			return `${read} if (a === undefined) ${place} = ${constant(def)}.defaultValue; else ${given(def.innerType)}`;
		// What takes undefined in some other way is asked for itself.
		return `${read} if (a === undefined) return undefined; ${given(field)}`;
	}

	const start = functionOf(schema as unknown as Schema);
	// The text is made of the contract's own field names and of numbers; values that are sent are never part of it.
	const make = new Function('k', `'use strict'; ${functions.join('\n')} return ${start};`) as (
		constants: unknown[]
	) => (value: unknown) => z.output<S> | undefined;
	return make(constants);
}

const IS_OBJECT = `if (typeof v !== 'object' || v === null || Array.isArray(v)) return undefined;`;

type Checks = z.core.$ZodTypes['_zod']['def']['checks'];
type Constant = (value: unknown) => string;

/** An expression that is true of what a schema without parts takes as it is; undefined where it is none, or of an unknown kind. */
function conditionOf(schema: Schema, input: string, constant: Constant): string | undefined {
	const { def } = schema._zod;
	if ('coerce' in def && def.coerce) return undefined;
	if (def.type === 'string') return stringCondition(def, input, constant);
	if (def.type === 'number') return numberCondition(def, input);
	if (def.checks?.length) return undefined;
	switch (def.type) {
		case 'unknown':
			return 'true';
		case 'boolean':
			return `typeof ${input} === 'boolean'`;
		case 'literal':
			return `${constant(new Set(def.values))}.has(${input})`;
		case 'enum':
			return `${constant(new Set(Object.values(def.entries)))}.has(${input})`;
		default:
			return undefined;
	}
}

function stringCondition(
	def: z.core.$ZodStringDef & Partial<z.core.$ZodStringFormatDef>,
	input: string,
	constant: Constant
): string | undefined {
	// Other formats are more than their pattern.
	if (def.format !== undefined && def.format !== 'uuid') return undefined;
	const rest: z.core.$ZodCheck[] = [];
	const patterns = def.pattern ? [def.pattern] : [];
	for (const check of def.checks ?? []) {
		const { _zod } = check as z.core.$ZodChecks;
		if (_zod.def.check !== 'string_format') rest.push(check);
		else if (_zod.def.format === 'regex' && _zod.def.pattern) patterns.push(_zod.def.pattern);
		else return undefined;
	}
	const length = lengths(rest, input);
	// One that remembers where it was would not say the same twice.
	if (length === undefined || patterns.some(({ global, sticky }) => global || sticky))
		return undefined;
	const tests = patterns.map((pattern) => ` && ${constant(pattern)}.test(${input})`).join('');
	return `typeof ${input} === 'string'${length}${tests}`;
}

function numberCondition(
	def: z.core.$ZodNumberDef & Partial<z.core.$ZodNumberFormatDef>,
	input: string
): string | undefined {
	if (def.format !== 'safeint') return undefined;
	let condition = `Number.isSafeInteger(${input})`;
	for (const check of def.checks ?? []) {
		const limit = (check as z.core.$ZodChecks)._zod.def;
		if (limit.check === 'greater_than')
			condition += ` && ${input} ${limit.inclusive ? '>=' : '>'} ${Number(limit.value)}`;
		else if (limit.check === 'less_than')
			condition += ` && ${input} ${limit.inclusive ? '<=' : '<'} ${Number(limit.value)}`;
		else return undefined;
	}
	return condition;
}

/** Of a text's or a list's length; undefined where something else is checked as well. */
function lengths(checks: Checks, input: string): string | undefined {
	let condition = '';
	for (const check of checks ?? []) {
		const { def } = (check as z.core.$ZodChecks)._zod;
		if (def.check === 'min_length') condition += ` && ${input}.length >= ${def.minimum}`;
		else if (def.check === 'max_length') condition += ` && ${input}.length <= ${def.maximum}`;
		else return undefined;
	}
	return condition;
}

/** What is asked of the whole once its parts are right; undefined where that is something else. */
function refinements(checks: Checks, constant: Constant): string | undefined {
	let statements = '';
	for (const check of checks ?? []) {
		const { def } = check._zod as {
			def: { check: string; fn?: (value: never) => unknown; when?: unknown };
		};
		if (def.check !== 'custom' || !def.fn || def.when) return undefined;
		statements += `if (!${constant(def.fn)}(o)) return undefined; `;
	}
	return statements;
}
