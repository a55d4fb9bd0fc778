/** Prints what each browser file weighs, as it is published: `npm run size -w sdk`. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { BROWSER_ENTRIES, bundleEntry, bundleScript, type BrowserEntry } from './bundle-browser.ts';

export interface Size {
	/** Bytes of the minified file: as it is, and compressed at the highest level. */
	minified: number;
	gzip: number;
	brotli: number;
}

/** Of each entry, by name, and of the classic script. */
export async function measureSizes(): Promise<Record<BrowserEntry | 'passlens', Size>> {
	const names = Object.keys(BROWSER_ENTRIES) as BrowserEntry[];
	const sizes = await Promise.all(
		names.map(async (name) => [name, sizeOf((await bundleEntry(name)).code)] as const)
	);
	return Object.fromEntries([
		...sizes,
		['passlens', sizeOf((await bundleScript()).code)]
	]) as Record<BrowserEntry | 'passlens', Size>;
}

const sizeOf = (code: string): Size => ({
	minified: Buffer.byteLength(code),
	gzip: gzipSync(code, { level: 9 }).length,
	brotli: brotliCompressSync(code).length
});

if (import.meta.main) {
	for (const [name, { minified, gzip, brotli }] of Object.entries(await measureSizes()))
		console.log(`${name}.js: ${minified} B minified, ${gzip} B gzip, ${brotli} B brotli`);
}
