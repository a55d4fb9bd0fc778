import { join } from 'node:path';
import { build } from 'vite';

/** What a page may load: the SDK itself, and what only some pages want, each apart so that nobody pays for it unasked. */
export const BROWSER_ENTRIES = {
	index: 'src/index.ts',
	flows: 'flows/index.ts',
	trace: 'trace/index.ts',
	debug: 'debug/index.ts',
	simplewebauthn: 'simplewebauthn/index.ts'
} as const;

export type BrowserEntry = keyof typeof BROWSER_ENTRIES;

/** One entry as one minified file, in memory: an ES module. */
export const bundleEntry = (entry: BrowserEntry): Promise<{ code: string }> =>
	bundle(BROWSER_ENTRIES[entry], { format: 'esm' });

/** For pages without a bundler, in memory: a classic script that sets `window.passlens` to the functions of the SDK and of flows. */
export const bundleScript = (): Promise<{ code: string }> =>
	bundle('script.ts', { format: 'iife', name: 'passlens' });

async function bundle(
	source: string,
	output: { format: 'esm' | 'iife'; name?: string }
): Promise<{ code: string }> {
	const result = await build({
		root: import.meta.dirname,
		configFile: false,
		logLevel: 'warn',
		build: {
			write: false,
			target: 'es2022',
			modulePreload: false,
			rolldownOptions: {
				input: join(import.meta.dirname, source),
				// The site's own copy of it, which is what its code speaks to.
				external: ['@simplewebauthn/browser'],
				preserveEntrySignatures: 'strict',
				output: { ...output, minify: true, comments: false }
			}
		}
	});
	if (Array.isArray(result) || !('output' in result)) throw new Error('vite built no bundle');
	return result.output[0];
}
