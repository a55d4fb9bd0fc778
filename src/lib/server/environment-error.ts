/** A value of the environment that cannot be: it ends the start, and is told to whoever started it. */
export class EnvironmentError extends RangeError {
	override name = 'EnvironmentError';
	readonly code = 'invalid_environment';
}
