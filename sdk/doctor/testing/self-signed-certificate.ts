import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A certificate that signs itself, made for one test run, so that no key lies in the repository. PEM. */
export function selfSignedCertificate(names: readonly string[]): { key: string; cert: string } {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const algorithm = der(0x30, oid('2a8648ce3d040302'));
	const name = der(
		0x30,
		der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from('doctor test'))))
	);
	const day = 86_400_000;
	const validity = der(0x30, time(Date.now() - day), time(Date.now() + day));
	const toBeSigned = der(
		0x30,
		der(0xa0, der(0x02, Buffer.from([2]))),
		der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
		algorithm,
		name,
		validity,
		name,
		publicKey.export({ type: 'spki', format: 'der' }),
		der(0xa3, der(0x30, alternativeNames(names)))
	);
	const signature = sign('sha256', toBeSigned, privateKey);
	const bits = der(0x03, Buffer.from([0]), signature);
	const base64 = der(0x30, toBeSigned, algorithm, bits).toString('base64');
	return {
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		cert: `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)!.join('\n')}\n-----END CERTIFICATE-----\n`
	};
}

/** DNS names, and IPv4 addresses as such. */
function alternativeNames(names: readonly string[]): Buffer {
	const entries = names.map((name) =>
		/^[\d.]+$/.test(name)
			? der(0x87, Buffer.from(name.split('.').map(Number)))
			: der(0x82, Buffer.from(name))
	);
	return der(0x30, oid('551d11'), der(0x04, der(0x30, ...entries)));
}

function time(milliseconds: number): Buffer {
	const text = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, '');
	return der(0x18, Buffer.from(text));
}

function oid(hex: string): Buffer {
	return der(0x06, Buffer.from(hex, 'hex'));
}

/** Tag, length, content: X.509 is nothing but these. */
function der(tag: number, ...content: Buffer[]): Buffer {
	const body = Buffer.concat(content);
	const size = Buffer.from([body.length >> 8, body.length & 0xff]);
	const length =
		body.length < 128
			? size.subarray(1)
			: Buffer.concat([
					Buffer.from([0x80 + (body.length < 256 ? 1 : 2)]),
					body.length < 256 ? size.subarray(1) : size
				]);
	return Buffer.concat([Buffer.from([tag]), length, body]);
}
