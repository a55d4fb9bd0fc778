/** Builds what is published into dist/: `npm run build -w sdk`, then `npm publish sdk/dist`. */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleBrowser } from './bundle-browser.ts';

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
// The browser entry is one minified file; of src/ the declarations alone are needed.
for (const file of readdirSync(join(dist, 'src'))) {
	if (file.endsWith('.js')) rmSync(join(dist, 'src', file));
}
writeFileSync(join(dist, 'index.js'), (await bundleBrowser()).code);
for (const file of ['LICENSE', 'README.md', 'event/schema.json', 'event/openapi.json']) {
	cpSync(join(root, file), join(dist, file));
}
writeFileSync(join(dist, 'package.json'), JSON.stringify(publishedManifest(), null, '\t') + '\n');

/** The workspace's manifest points at sources, so that nothing needs a build before it runs; the published one at what was built. */
function publishedManifest(): object {
	const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	delete manifest.private;
	delete manifest.scripts;
	const entry = (folder: string) => ({
		types: `./${folder}/index.d.ts`,
		default: `./${folder}/index.js`
	});
	return {
		...manifest,
		types: './src/index.d.ts',
		bin: { passlens: './doctor/main.js' },
		exports: {
			...manifest.exports,
			'.': { types: './src/index.d.ts', default: './index.js' },
			'./server': entry('server'),
			'./event': entry('event')
		}
	};
}
