import { attempt } from './attempt.ts';
import { followCeremony, type OpenCall } from './ceremony.ts';
import { state } from './state.ts';
import type { CeremonyOptions } from './summarise-request.ts';
import { wrap, type Callable } from './wrap.ts';

type Api = Record<'create' | 'get', Callable>;

/**
 * Observes `navigator.credentials.create` and `get`, whoever else replaced them, before us or after.
 *
 * - The prototype's method is wrapped: it is what every call reaches that ends at the browser.
 * - The instance gets an accessor in place of its own property: a password manager that assigned `navigator.credentials.get`
 *   earlier, or assigns it later, is wrapped in turn. Without that, a call it answers itself would never be seen.
 *
 * Where an object is frozen or absent, that part is left alone.
 */
export function observeCeremonies(): void {
	const container = navigator.credentials as unknown as Api | undefined;
	if (!container) return;
	attempt(() => observeMethod(container, 'create', 'registration'));
	attempt(() => observeMethod(container, 'get', 'authentication'));
}

function observeMethod(container: Api, method: keyof Api, type: OpenCall['type']): void {
	const prototype = Object.getPrototypeOf(container) as Api;
	const native = prototype[method];
	const foreign = !String(native).includes('native code');
	let levels = 0;
	const observed = (target: Callable): Callable => {
		const level = levels++;
		return wrap(target, ([options]) =>
			state.consent === 'off'
				? undefined
				: followCeremony(
						type,
						level,
						options as CeremonyOptions,
						foreign || container[method] !== base
					)
		);
	};
	const base = observed(native);
	// Frozen: then the instance alone stands before it.
	Reflect.set(prototype, method, base);

	const own = Object.getOwnPropertyDescriptor(container, method);
	let shim = own && observed(container[method]);
	Object.defineProperty(container, method, {
		configurable: true,
		enumerable: !!own,
		get: () => shim ?? (prototype[method] === native ? base : prototype[method]),
		// Whoever gives back what it found there takes itself out of the way.
		set: (value: Callable) =>
			(shim = value === base ? undefined : typeof value === 'function' ? observed(value) : value)
	});
}
