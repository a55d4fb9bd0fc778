import { attempt } from './attempt.ts';

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any callable, whatever its shape
export type Callable = Function;

/** What is told about one call's end. */
export interface CallObserver {
	/** The call returned; its promise is still open. */
	called?(): void;
	succeeded(result: unknown): void;
	failed(error: unknown): void;
}

/**
 * A function that behaves as `target` in all a caller can see: it calls it at once with the same `this` and arguments, returns
 * the very object it returned and throws the very error it threw; `name`, `length`, further properties and `toString()` are
 * the target's own. `observe` is asked once per call, before it, and may decline.
 *
 * The one visible trace: a rejection that nobody handles is seen as handled, because something (we) looks at the promise.
 */
export function wrap<T extends Callable>(
	target: T,
	observe: (args: unknown[], self: unknown) => CallObserver | undefined
): T {
	return new Proxy(target, {
		apply(call, self, args) {
			const observer = attempt(() => observe(args, self));
			if (!observer) return Reflect.apply(call, self, args);
			let result: unknown;
			try {
				result = Reflect.apply(call, self, args);
			} catch (error) {
				attempt(() => observer.failed(error));
				throw error;
			}
			attempt(() => {
				attempt(() => observer.called?.());
				Promise.resolve(result).then(
					(value) => attempt(() => observer.succeeded(value)),
					(error) => attempt(() => observer.failed(error))
				);
			});
			return result;
		},
		get(callable, key) {
			const value: unknown = Reflect.get(callable, key);
			// A proxy has no source text of its own.
			return value === Function.prototype.toString
				? Function.prototype.toString.bind(callable)
				: value;
		}
	});
}
