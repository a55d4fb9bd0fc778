/** A condition that asks something only where a parameter has an entry of that name, and is true otherwise. */
export const askedOf = (parameter: string, entry: string, condition: string): string =>
	`/*asks ${parameter} ${entry}*/${condition}/*asked*/`;

const CONDITIONS = /\/\*asks (\w+) (\w+)\*\/.*?\/\*asked\*\//gs;

/**
 * Leaves such conditions out of a question where nothing is asked of them. It would answer the same with all of them: to read and to plan the
 * eighty of a search line takes the database four times as long as the rest of such a question (42 of 54 ms), and most have no line.
 */
export function leaveUnasked(sql: string, parameters: Record<string, unknown>): string {
	return sql.replace(CONDITIONS, (condition, parameter: string, entry: string) =>
		Object.hasOwn((parameters[parameter] ?? {}) as object, entry) ? condition : 'true'
	);
}
