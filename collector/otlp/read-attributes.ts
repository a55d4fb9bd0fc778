import type { Attributes } from './decode-logs.ts';

/** Deeper than any field of the contract. */
const DEEPEST = 8;

/** Attributes as plain values by dotted name: a list of pairs is written out (`request` → `request.mediation`), a later one wins. */
export function readAttributes(attributes: Attributes): Map<string, unknown> {
	const found = new Map<string, unknown>();
	write(attributes, '', found, 0);
	return found;
}

function write(pairs: unknown, prefix: string, found: Map<string, unknown>, depth: number): void {
	if (!Array.isArray(pairs) || depth > DEEPEST) return;
	for (const pair of pairs) {
		if (!isObject(pair) || typeof pair.key !== 'string') continue;
		const name = prefix + pair.key;
		const list = isObject(pair.value) && isObject(pair.value.kvlistValue) && pair.value.kvlistValue;
		if (list) write(list.values, `${name}.`, found, depth + 1);
		else found.set(name, readValue(pair.value, depth + 1));
	}
}

/** An AnyValue as it would stand in JSON; undefined for what the contract has no use for, such as bytes. */
function readValue(value: unknown, depth: number): unknown {
	if (!isObject(value) || depth > DEEPEST) return undefined;
	if (value.intValue !== undefined) return Number(value.intValue);
	if (isObject(value.arrayValue)) {
		const { values } = value.arrayValue;
		return Array.isArray(values) ? values.map((item) => readValue(item, depth + 1)) : [];
	}
	if (isObject(value.kvlistValue)) {
		const inner = new Map<string, unknown>();
		write(value.kvlistValue.values, '', inner, depth + 1);
		return Object.fromEntries(inner);
	}
	return value.stringValue ?? value.boolValue ?? value.doubleValue;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}
