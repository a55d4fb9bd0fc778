import type { CeremonyType } from '../event/vocabulary.ts';
import { bytesOf, sameBytes } from './bytes.ts';
import { attempt } from './attempt.ts';
import { followCeremony } from './ceremony.ts';
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
	for (const method of ['create', 'get'] as const) attempt(() => observeMethod(container, method));
}

function observeMethod(container: Api, method: keyof Api): void {
	const type = method === 'create' ? 'registration' : 'authentication';
	const prototype = (window as unknown as { CredentialsContainer?: { prototype: Api } })
		.CredentialsContainer?.prototype;
	const native = prototype?.[method];
	const ours = new WeakSet<Callable>();
	let levels = 0;

	const observed = (target: Callable, level: number, replaced: () => boolean): Callable => {
		const wrapper = wrap(target, ([options]) => {
			if (!isPublicKeyCall(options)) return undefined;
			const ceremony = { type, level, options } as const;
			return isInnerCall(ceremony) ? undefined : followCeremony(ceremony, replaced());
		});
		ours.add(wrapper);
		return wrapper;
	};

	let base: Callable | undefined;
	if (native) {
		const foreign = !/\[native code\]/.test(Function.prototype.toString.call(native));
		const wrapper = observed(
			native,
			0,
			() => foreign || (navigator.credentials as unknown as Api)[method] !== wrapper
		);
		base = wrapper;
		attempt(() => (prototype[method] = wrapper));
	}

	const shimmed = (shim: unknown) =>
		typeof shim === 'function' && !ours.has(shim) ? observed(shim, ++levels, () => true) : shim;
	const own = Object.getOwnPropertyDescriptor(container, method);
	// A frozen prototype keeps its own method: then the instance alone stands before it.
	let override = own
		? shimmed(container[method])
		: native && prototype[method] !== base
			? base
			: undefined;
	Object.defineProperty(container, method, {
		configurable: true,
		enumerable: own?.enumerable ?? false,
		get: () => override ?? Reflect.get(Object.getPrototypeOf(container), method),
		// Whoever gives back what it found there takes itself out of the way.
		set: (shim: unknown) => (override = shim === base ? undefined : shimmed(shim))
	});
}

const isPublicKeyCall = (options: unknown): options is CeremonyOptions =>
	!!(options as CeremonyOptions | undefined)?.publicKey;

/** A shim that handed the same request on to the browser: one ceremony, already followed. The challenge is a request's own. */
function isInnerCall({
	type,
	level,
	options
}: {
	type: CeremonyType;
	level: number;
	options: CeremonyOptions;
}) {
	const challenge = ({ publicKey }: CeremonyOptions) => bytesOf(publicKey.challenge);
	for (const outer of state.open) {
		if (
			outer.type === type &&
			outer.level > level &&
			attempt(() => sameBytes(challenge(outer.options), challenge(options)))
		)
			return true;
	}
	return false;
}
