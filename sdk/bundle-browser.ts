import { join } from 'node:path';
import { build } from 'vite';

/** The browser entry as one minified ES module, in memory. */
export async function bundleBrowser(): Promise<{ code: string }> {
	const result = await build({
		root: import.meta.dirname,
		configFile: false,
		logLevel: 'warn',
		build: {
			write: false,
			target: 'es2022',
			modulePreload: false,
			rolldownOptions: {
				input: join(import.meta.dirname, 'src/index.ts'),
				preserveEntrySignatures: 'strict',
				output: { format: 'esm', minify: true, comments: false }
			}
		}
	});
	if (Array.isArray(result) || !('output' in result)) throw new Error('vite built no bundle');
	return result.output[0];
}
