import { join } from 'node:path';
import { build, type PluginOption } from 'vite';

const ROOT = join(import.meta.dirname, '..', '..');

/** A page's script as a site's bundler makes it: one ES module from the given source, with the packages it imports. */
export async function bundlePage({
	source,
	plugins = []
}: {
	/** The page's main module; imports are resolved from the repository's root. */
	source: string;
	plugins?: PluginOption[];
}): Promise<string> {
	const main = join(ROOT, 'page-under-test.ts');
	const result = await build({
		root: ROOT,
		configFile: false,
		logLevel: 'warn',
		plugins: [
			{
				name: 'page-under-test',
				resolveId: (id) => (id === main ? id : undefined),
				load: (id) => (id === main ? source : undefined)
			},
			...plugins
		],
		build: {
			write: false,
			minify: false,
			target: 'es2022',
			modulePreload: false,
			rolldownOptions: { input: main, output: { format: 'esm' } }
		}
	});
	if (Array.isArray(result) || !('output' in result)) throw new Error('vite built no bundle');
	return result.output[0].code;
}
