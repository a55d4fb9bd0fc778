/** Prints what the browser SDK weighs: `npm run size -w sdk`. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { bundleBrowser } from './bundle-browser.ts';

export interface Size {
	/** Bytes of the minified bundle: as it is, and compressed at the highest level. */
	minified: number;
	gzip: number;
	brotli: number;
}

export async function measureSize(): Promise<Size> {
	const code = Buffer.from((await bundleBrowser()).code);
	return {
		minified: code.length,
		gzip: gzipSync(code, { level: 9 }).length,
		brotli: brotliCompressSync(code).length
	};
}

if (import.meta.main) {
	const { minified, gzip, brotli } = await measureSize();
	console.log(`@passlens/sdk: ${minified} B minified, ${gzip} B gzip, ${brotli} B brotli`);
}
