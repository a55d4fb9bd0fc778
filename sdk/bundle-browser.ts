import { join } from 'node:path';
import { build } from 'vite';

/** What a page may load: the SDK itself, and what only some pages want, each apart so that nobody pays for it unasked. */
export const BROWSER_ENTRIES = {
	index: 'src/index.ts',
	trace: 'trace/index.ts',
	debug: 'debug/index.ts',
	simplewebauthn: 'simplewebauthn/index.ts'
} as const;

export type BrowserEntry = keyof typeof BROWSER_ENTRIES;

/** One entry as one minified file, in memory: an ES module, or a classic script that sets `window.passlens`. */
export async function bundleBrowser({
	entry = 'index',
	format = 'esm'
}: { entry?: BrowserEntry; format?: 'esm' | 'iife' } = {}): Promise<{ code: string }> {
	const result = await build({
		root: import.meta.dirname,
		configFile: false,
		logLevel: 'warn',
		build: {
			write: false,
			target: 'es2022',
			modulePreload: false,
			rolldownOptions: {
				input: join(import.meta.dirname, BROWSER_ENTRIES[entry]),
				// The site's own copy of it, which is what its code speaks to.
				external: ['@simplewebauthn/browser'],
				preserveEntrySignatures: 'strict',
				output: {
					format,
					minify: true,
					comments: false,
					...(format === 'iife' && { name: 'passlens' })
				}
			}
		}
	});
	if (Array.isArray(result) || !('output' in result)) throw new Error('vite built no bundle');
	return result.output[0];
}
