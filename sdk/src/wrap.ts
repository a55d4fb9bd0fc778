import { attempt } from './attempt.ts';

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any callable, whatever its shape
export type Callable = Function;

const { toString } = Function.prototype;

/** What is told about one call, in this order. */
export interface CallObserver {
	/** The call returned or threw; its promise, if there is one, is still open. */
	called?(): void;
	succeeded(result: unknown): void;
	failed(error: unknown): void;
}

/**
 * A function that behaves as `target` in all a caller can see: it calls it at once with the same `this` and arguments;
 * results and errors are the very ones; `name`, `length`, further properties and `toString()` are the target's own.
 * `observe` is asked once per call, before it, and may decline.
 *
 * The promise is one derived from the target's, by its own class: that way a rejection nobody handles is reported by the
 * browser as it always was. Looking at the target's own promise would have handled it.
 */
export function wrap<T extends Callable>(
	target: T,
	observe: (args: unknown[]) => CallObserver | undefined
): T {
	return new Proxy(target, {
		apply(call, self, args) {
			const observer = attempt(() => observe(args));
			if (!observer) return Reflect.apply(call, self, args);
			const called = () => attempt(() => observer.called?.());
			const succeeded = (value: unknown) => {
				attempt(() => observer.succeeded(value));
				return value;
			};
			const failed = (error: unknown) => {
				attempt(() => observer.failed(error));
				throw error;
			};
			let result: unknown;
			try {
				result = Reflect.apply(call, self, args);
			} catch (error) {
				called();
				failed(error);
			}
			called();
			try {
				return Promise.prototype.then.call(result, succeeded, failed);
			} catch {
				// No promise: a shim's answer as it is, or something with a `then` of its own, which is not ours to call.
				return succeeded(result);
			}
		},
		get(callable, key) {
			const value: unknown = Reflect.get(callable, key);
			// A proxy has no source text of its own.
			return value === toString ? toString.bind(callable) : value;
		}
	});
}
