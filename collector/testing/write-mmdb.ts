import { isIPv6 } from 'node:net';

type Data = string | number | readonly Data[] | { readonly [key: string]: Data };

interface Network {
	/** IPv4 as it is; IPv6 written out in eight groups. */
	address: string;
	prefix: number;
	data: Data;
}

/** Leaf: the index of its data. Otherwise the two nodes below. */
type Tree = { below: [Tree | number | undefined, Tree | number | undefined] };

/**
 * A file in the MaxMind format (version 2.0: 24-bit records, IPv6 tree with IPv4 in ::/96) that tells these networks.
 * Source: MaxMind DB File Format Specification. No network may lie within another.
 */
export function writeMmdb({
	networks,
	databaseType = 'Test-Country',
	builtAt = 1_700_000_000
}: {
	networks: readonly Network[];
	databaseType?: string;
	/** Unix epoch in seconds. */
	builtAt?: number;
}): Buffer {
	const root: Tree = { below: [undefined, undefined] };
	networks.forEach((network, index) => insert(root, network, index));
	const nodes = listNodes(root);
	const indexOf = new Map(nodes.map((node, index) => [node, index]));

	const encoded = networks.map(({ data }) => encode(data));
	const offsets = encoded.map((_, at) => Buffer.concat(encoded.slice(0, at)).length);
	const tree = Buffer.alloc(nodes.length * 6);
	nodes.forEach((node, at) =>
		node.below.forEach((target, side) => {
			const record =
				target === undefined
					? nodes.length
					: typeof target === 'number'
						? nodes.length + 16 + offsets[target]!
						: indexOf.get(target)!;
			tree.writeUIntBE(record, at * 6 + side * 3, 3);
		})
	);
	const metadata = encode({
		binary_format_major_version: 2,
		binary_format_minor_version: 0,
		build_epoch: builtAt,
		database_type: databaseType,
		description: { en: 'Made by a test' },
		ip_version: 6,
		languages: ['en'],
		node_count: nodes.length,
		record_size: 24
	});
	const mark = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
	return Buffer.concat([tree, Buffer.alloc(16), ...encoded, mark, metadata]);
}

function insert(root: Tree, { address, prefix }: Network, index: number): void {
	const bits = toBits(address).slice(0, isIPv6(address) ? prefix : 96 + prefix);
	let node = root;
	for (const bit of bits.slice(0, -1)) {
		const next = node.below[bit] ?? { below: [undefined, undefined] };
		if (typeof next === 'number') throw new RangeError(`${address} lies within another network`);
		node.below[bit] = next;
		node = next;
	}
	node.below[bits.at(-1)!] = index;
}

function toBits(address: string): (0 | 1)[] {
	const bytes = isIPv6(address)
		? address.split(':').flatMap((group) => {
				const value = Number.parseInt(group, 16);
				return [value >> 8, value & 255];
			})
		: [...Array<number>(12).fill(0), ...address.split('.').map(Number)];
	return bytes.flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((at) => ((byte >> at) & 1) as 0 | 1));
}

function listNodes(root: Tree): Tree[] {
	const nodes = [root];
	for (const node of nodes)
		for (const below of node.below) if (typeof below === 'object') nodes.push(below);
	return nodes;
}

/** Types 2 (text), 7 (map), 11 (list) and 6 (unsigned 32-bit number) of the format. */
function encode(data: Data): Buffer {
	if (typeof data === 'string') {
		const text = Buffer.from(data);
		return Buffer.concat([head(2, text.length), text]);
	}
	if (typeof data === 'number') {
		const value = Buffer.alloc(4);
		value.writeUInt32BE(data);
		return Buffer.concat([head(6, 4), value]);
	}
	if (Array.isArray(data)) return Buffer.concat([head(11, data.length), ...data.map(encode)]);
	const pairs = Object.entries(data as Record<string, Data>);
	return Buffer.concat([
		head(7, pairs.length),
		...pairs.flatMap(([key, value]) => [encode(key), encode(value)])
	]);
}

function head(type: number, size: number): Buffer {
	if (size > 28) throw new RangeError('longer than a test needs');
	return type <= 7 ? Buffer.from([(type << 5) | size]) : Buffer.from([size, type - 7]);
}
