import { z } from 'zod';

/** The name of an environment variable, for what is secret. */
export const variable = (example: string) =>
	z
		.string()
		.regex(
			/^[A-Z_][A-Z0-9_]*$/,
			`The name of an environment variable is expected, such as ${example}.`
		);
