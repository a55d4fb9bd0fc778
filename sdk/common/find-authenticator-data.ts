/**
 * `authData` of an attestation object, for browsers without `getAuthenticatorData()` (Chrome before 85, Firefox before 119,
 * Safari before 16). Walks just enough CBOR (RFC 8949) to step over the attestation statement, in whatever order the keys stand.
 * `undefined` when there is none or the bytes are not CBOR of definite lengths.
 */
export function findAuthenticatorData(attestationObject: Uint8Array): Uint8Array | undefined {
	const view = new DataView(
		attestationObject.buffer,
		attestationObject.byteOffset,
		attestationObject.byteLength
	);
	let at = 0;
	const head = (): [major: number, argument: number] => {
		const initial = view.getUint8(at++);
		let argument = initial & 31;
		if (argument > 27) throw new RangeError('indefinite lengths are not canonical CTAP2 CBOR');
		if (argument > 23) {
			const size = 1 << (argument - 24);
			argument = 0;
			for (let i = 0; i < size; i++) argument = argument * 256 + view.getUint8(at++);
		}
		return [initial >> 5, argument];
	};
	const take = (length: number) => attestationObject.subarray(at, (at += length));
	const skip = () => {
		const [major, argument] = head();
		if (major === 2 || major === 3) at += argument;
		else if (major === 4) for (let i = 0; i < argument; i++) skip();
		else if (major === 5) for (let i = 0; i < argument * 2; i++) skip();
		else if (major === 6) skip();
	};
	try {
		for (let entries = head()[1]; entries > 0; entries--) {
			const key = String.fromCharCode(...take(head()[1]));
			if (key === 'authData') return take(head()[1]);
			skip();
		}
	} catch {
		// Not an attestation object: nothing is known.
	}
	return undefined;
}
