/** Builds what is published into dist/: `npm run build -w sdk`, then `npm publish sdk/dist`. */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BROWSER_ENTRIES, bundleEntry, bundleScript, type BrowserEntry } from './bundle-browser.ts';

const root = import.meta.dirname;
const dist = process.argv[2] ?? join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
execFileSync(
	process.execPath,
	[
		join(root, '../node_modules/typescript/bin/tsc'),
		...['-p', join(root, 'tsconfig.build.json'), '--outDir', dist]
	],
	{ stdio: 'inherit' }
);
// Each browser entry is one minified file: of its sources the declarations alone are needed.
for (const [entry, source] of Object.entries(BROWSER_ENTRIES)) {
	const folder = join(dist, dirname(source));
	for (const file of readdirSync(folder)) {
		if (file.endsWith('.js')) rmSync(join(folder, file));
	}
	const { code } = await bundleEntry(entry as BrowserEntry);
	writeFileSync(join(dist, `${entry}.js`), code);
}
// For pages without a bundler: a classic script that sets `window.passlens`.
writeFileSync(join(dist, 'passlens.js'), (await bundleScript()).code);
for (const file of ['LICENSE', 'README.md', 'event/schema.json', 'event/openapi.json']) {
	cpSync(join(root, file), join(dist, file));
}
writeFileSync(join(dist, 'package.json'), JSON.stringify(publishedManifest(), null, '\t') + '\n');

/** The workspace's manifest points at sources, so that nothing needs a build before it runs; the published one at what was built. */
function publishedManifest(): object {
	const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	delete manifest.private;
	delete manifest.scripts;
	const folder = (name: string) => ({
		types: `./${name}/index.d.ts`,
		default: `./${name}/index.js`
	});
	const bundled = Object.entries(BROWSER_ENTRIES).map(([entry, source]) => [
		entry === 'index' ? '.' : `./${entry}`,
		{ types: `./${source.replace(/\.ts$/, '.d.ts')}`, default: `./${entry}.js` }
	]);
	return {
		...manifest,
		types: './src/index.d.ts',
		bin: { passlens: './doctor/main.js' },
		exports: {
			...manifest.exports,
			...Object.fromEntries(bundled),
			'./server': folder('server'),
			'./event': folder('event'),
			'./passlens.js': './passlens.js'
		}
	};
}
