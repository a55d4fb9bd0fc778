import { createHash, createPublicKey, verify } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprintOf, KEY_FILE, SIGNATURE_FILE, SUMS_FILE } from './layout.ts';

/** What was found about a folder of evidence; no mistakes: it is what was signed. */
export interface EvidenceVerdict {
	mistakes: string[];
	/** Of the key in the folder. */
	fingerprint: string;
	files: number;
}

/**
 * Checks a folder of evidence without any database: the signature, every sum, and that nothing was added.
 *
 * @param fingerprint of the key it must be signed with, known by another way; without it the folder's own key is believed
 */
export async function verifyEvidence(
	folder: string,
	fingerprint?: string
): Promise<EvidenceVerdict> {
	const read = (path: string) => readFile(join(folder, path)).catch(() => undefined);
	const [key, sums, signature] = await Promise.all([KEY_FILE, SUMS_FILE, SIGNATURE_FILE].map(read));
	if (!key || !sums || !signature) {
		const missing = Object.entries({
			[KEY_FILE]: key,
			[SUMS_FILE]: sums,
			[SIGNATURE_FILE]: signature
		});
		return {
			mistakes: missing.filter(([, file]) => !file).map(([name]) => `${name} is missing`),
			...{ fingerprint: '', files: 0 }
		};
	}
	const mistakes: string[] = [];
	let found = '';
	try {
		const publicKey = createPublicKey(key);
		found = fingerprintOf(publicKey);
		if (!verify(null, sums, publicKey, signature))
			mistakes.push(
				`the signature does not fit ${SUMS_FILE}: it was changed, or signed with another key`
			);
	} catch {
		mistakes.push(`${KEY_FILE} holds no public key that can be read`);
	}
	if (fingerprint && found !== fingerprint.toLowerCase())
		mistakes.push(
			`it is signed with the key ${found || 'of no fingerprint'}, not with the one expected`
		);
	const listed = new Map(
		sums
			.toString('utf8')
			.split('\n')
			.map((line) => /^([0-9a-f]{64}) {2}(.+)$/.exec(line))
			.filter((match) => match !== null)
			.map(([, sum, path]) => [path!, sum!])
	);
	for (const [path, sum] of listed) {
		// A list may name no file outside its folder.
		const content = path.split('/').includes('..') ? undefined : await read(path);
		if (!content) mistakes.push(`${path} is missing`);
		else if (createHash('sha256').update(content).digest('hex') !== sum)
			mistakes.push(`${path} was changed`);
	}
	const there = await readdir(folder, { recursive: true, withFileTypes: true });
	for (const entry of there) {
		if (!entry.isFile()) continue;
		const path = join(entry.parentPath, entry.name)
			.slice(join(folder, '/').length)
			.replaceAll('\\', '/');
		if (!listed.has(path) && path !== SUMS_FILE && path !== SIGNATURE_FILE)
			mistakes.push(`${path} is not in the list: it was added`);
	}
	return { mistakes, fingerprint: found, files: listed.size };
}
