import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const ROOT = join(import.meta.dirname, '..');
const PACKAGE = join(ROOT, 'node_modules/@lucide/svelte/dist/icons');
/** How an icon is imported. */
const IMPORT = /^@lucide\/svelte\/icons\/([\w-]+)$/;
const IMPORTED = /['"]@lucide\/svelte\/icons\/([\w-]+)['"]/g;
/** How each icon's module tells its shapes, and an older name the newer one; a version that tells them otherwise ends the build. */
const SHAPES = /const iconData = (\{.+?\});\n/;
const NEWER_NAME = /export \{ default \} from "\.\/([\w-]+)\.svelte";/;

/** The shapes of every icon that a page draws, as SVG definitions. */
const ALL = 'virtual:icon-shapes';
const MODULE = '\0icon:';

interface IconData {
	node: [tag: string, attributes: Record<string, string>][];
}

/**
 * Lucide's icons as the markup that they are. Their shapes stand once in each page, where `app.html` has them: in the pages' scripts they
 * were two and a half kilobytes. What is imported is a component that takes a class and names its shapes.
 * An icon that nothing imported before is drawn after the next start of `npm run dev`.
 */
export function staticIcons(): Plugin {
	return {
		name: 'static-icons',
		enforce: 'pre',
		resolveId(source) {
			if (source === ALL) return `\0${ALL}`;
			const [, name] = IMPORT.exec(source) ?? [];
			return name && MODULE + name;
		},
		load(id) {
			if (id === `\0${ALL}`) return `export default ${JSON.stringify(iconShapes())};`;
			if (!id.startsWith(MODULE)) return undefined;
			const name = JSON.stringify(id.slice(MODULE.length));
			return `import { named } from '$lib/ui/named-icon.ts';\nexport default /* @__PURE__ */ named(${name});`;
		}
	};
}

/** As definitions of SVG, each under the name it is imported by. */
export function iconShapes(): string {
	return findImported()
		.map((name) => `<g id="icon-${name}">${draw(readIcon(name))}</g>`)
		.join('');
}

function findImported(): string[] {
	const files = globSync('src/**/*.{svelte,ts}', { cwd: ROOT });
	const names = files.flatMap((file) =>
		[...readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORTED)].map(([, name]) => name!)
	);
	return [...new Set(names)].toSorted();
}

function readIcon(name: string): IconData {
	const file = join(PACKAGE, `${name}.svelte`);
	const [, newer] = existsSync(file)
		? []
		: (NEWER_NAME.exec(readFileSync(join(PACKAGE, `${name}.js`), 'utf8')) ?? []);
	if (newer) return readIcon(newer);
	const [, data] = SHAPES.exec(readFileSync(file, 'utf8')) ?? [];
	if (!data) throw new Error(`${file} does not tell its shapes as a version before did.`);
	return JSON.parse(data) as IconData;
}

function draw({ node }: IconData): string {
	return node
		.map(([tag, attributes]) => {
			const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
			return `<${tag}${written.join('')} />`;
		})
		.join('');
}
