/** The first 32 fractional bits of a prime's root: where FIPS 180-4 takes its constants from. Computing them is shorter than listing them. */
const fraction = (root: number) => ((root % 1) * 2 ** 32) | 0;

const INITIAL: number[] = [];
const ROUND: number[] = [];
for (let n = 2; ROUND.length < 64; n++) {
	let divisor = 2;
	while (n % divisor) divisor++;
	if (divisor < n) continue;
	if (INITIAL.length < 8) INITIAL.push(fraction(n ** (1 / 2)));
	ROUND.push(fraction(n ** (1 / 3)));
}

const rotate = (word: number, bits: number) => (word >>> bits) | (word << (32 - bits));

/**
 * SHA-256 (FIPS 180-4) of some bytes, synchronously: 32 bytes.
 *
 * `crypto.subtle.digest` is asynchronous, and a page often navigates in the very moment a ceremony succeeds:
 * an event that waits for a digest would be lost with the page. Inputs here are short (a user reference, a credential id).
 */
export function sha256(message: Uint8Array): Uint8Array {
	const blocks = (message.length + 72) >> 6;
	const padded = new Uint8Array(blocks * 64);
	padded.set(message);
	padded[message.length] = 0x80;
	const view = new DataView(padded.buffer);
	view.setUint32(padded.length - 4, message.length * 8);
	const state = [...INITIAL];
	const w: number[] = [];
	for (let block = 0; block < padded.length; block += 64) {
		let [a, b, c, d, e, f, g, h] = state as [
			number,
			number,
			number,
			number,
			number,
			number,
			number,
			number
		];
		for (let i = 0; i < 64; i++) {
			if (i < 16) w[i] = view.getInt32(block + i * 4);
			else {
				const x = w[i - 15]!;
				const y = w[i - 2]!;
				const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
				const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
				w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
			}
			const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
			const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[i]! + w[i]!) | 0;
			const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
			const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
			[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
		}
		[a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i]! + word) | 0));
	}
	const digest = new DataView(new ArrayBuffer(32));
	state.forEach((word, i) => digest.setInt32(i * 4, word));
	return new Uint8Array(digest.buffer);
}
