/** Prints what the browser SDK weighs: `npm run size -w sdk`. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'vite';
import { bundleBrowser } from './bundle-browser.ts';

export interface Size {
	/** Bytes of the minified bundle: as it is, and compressed at the highest level. */
	minified: number;
	gzip: number;
	brotli: number;
}

/** What a site's bundler keeps of the SDK when it reports what happens by itself: no prompts, flows and sign-ins. */
const AUTOCAPTURE = ['init', 'identify', 'consent', 'ceremonyId', 'flush'];

/** The whole browser entry, and its part for observing, queueing, sending and consent alone. */
export async function measureSizes(): Promise<{ whole: Size; autocapture: Size }> {
	const { code } = await bundleBrowser();
	return { whole: sizeOf(code), autocapture: sizeOf(await keepOnly(AUTOCAPTURE, code)) };
}

function sizeOf(code: string): Size {
	return {
		minified: Buffer.byteLength(code),
		gzip: gzipSync(code, { level: 9 }).length,
		brotli: brotliCompressSync(code).length
	};
}

/** As a site's bundler would: what nobody imports is left out. */
async function keepOnly(names: string[], code: string): Promise<string> {
	const result = await build({
		configFile: false,
		logLevel: 'warn',
		plugins: [
			{
				name: 'site',
				resolveId: (id) => (['site', 'sdk'].includes(id) ? id : undefined),
				load: (id) => ({ site: `export { ${names.join(', ')} } from 'sdk';`, sdk: code })[id]
			}
		],
		build: {
			write: false,
			target: 'es2022',
			modulePreload: false,
			rolldownOptions: {
				input: 'site',
				preserveEntrySignatures: 'strict',
				output: { format: 'esm', minify: true, comments: false }
			}
		}
	});
	if (Array.isArray(result) || !('output' in result)) throw new Error('vite built no bundle');
	return result.output[0].code;
}

if (import.meta.main) {
	for (const [name, { minified, gzip, brotli }] of Object.entries(await measureSizes()))
		console.log(`${name}: ${minified} B minified, ${gzip} B gzip, ${brotli} B brotli`);
}
