/** A stream of numbers that a text decides: the same seed gives the same stream on every machine. */
export interface Random {
	/** Uniform in [0, 1). */
	next(): number;
	/** True with this probability. */
	chance(probability: number): boolean;
	/** Whole number from `low` to `high`, both included. */
	int(low: number, high: number): number;
	/** One of a list, each alike. */
	pick<T>(list: readonly T[]): T;
	/** One of a list of [value, weight]. */
	weighted<T>(list: readonly (readonly [T, number])[]): T;
	/** Log-normal around a median; `spread` is the standard deviation of the logarithm. Durations look like this. */
	around(median: number, spread?: number): number;
	/** Exponential with this mean: the wait until the next visit. */
	wait(mean: number): number;
	/** UUID version 7 of this Unix time in milliseconds. */
	uuidv7(unixMs: number): string;
	/** `count` random bytes. */
	bytes(count: number): Uint8Array;
}

/** sfc32 (Chris Doty-Humphrey's small fast counter), seeded with FNV-1a over the text. */
export function createRandom(seed: string): Random {
	let a = hash(seed, 0x811c9dc5);
	let b = hash(seed, 0x9e3779b9);
	let c = hash(seed, 0x85ebca6b);
	let counter = 1;
	const word = () => {
		const sum = (((a + b) | 0) + counter) | 0;
		counter = (counter + 1) | 0;
		a = b ^ (b >>> 9);
		b = (c + (c << 3)) | 0;
		c = (((c << 21) | (c >>> 11)) + sum) | 0;
		return sum >>> 0;
	};
	for (let round = 0; round < 12; round++) word();

	const next = () => word() / 2 ** 32;
	const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
	const hex = (value: number, length: number) => value.toString(16).padStart(length, '0');
	return {
		next,
		chance: (probability) => next() < probability,
		int: (low, high) => low + Math.floor(next() * (high - low + 1)),
		pick: <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T,
		weighted: <T>(list: readonly (readonly [T, number])[]) => {
			let left = next() * list.reduce((sum, [, weight]) => sum + weight, 0);
			for (const [value, weight] of list) if ((left -= weight) < 0) return value;
			return list[list.length - 1]![0];
		},
		around: (median, spread = 0.45) => median * Math.exp(normal() * spread),
		wait: (mean) => -mean * Math.log(1 - next()),
		uuidv7: (unixMs) => {
			const time = hex(Math.floor(unixMs), 12);
			const low = word();
			return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(low & 0xfff, 3)}-${hex(0x8000 | ((low >>> 12) & 0x3fff), 4)}-${hex(word(), 8)}${hex(word() & 0xffff, 4)}`;
		},
		bytes: (count) => Uint8Array.from({ length: count }, () => word() & 0xff)
	};
}

function hash(text: string, basis: number): number {
	let value = basis;
	for (let index = 0; index < text.length; index++)
		value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
	return value ^ (value >>> 15);
}
