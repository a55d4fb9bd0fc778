import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { iconShapes } from './static-icons.ts';

const SRC = join(import.meta.dirname, '..', 'src');

it('every icon that a page imports has its shapes, once, by older names too', () => {
	const text = globSync('**/*.svelte', { cwd: SRC })
		.map((file) => readFileSync(join(SRC, file), 'utf8'))
		.join('\n');
	const imported = new Set(
		[...text.matchAll(/from '@lucide\/svelte\/icons\/([\w-]+)';/g)].map(([, name]) => name)
	);
	const shapes = iconShapes();
	expect(imported.size).toBeGreaterThan(20);
	for (const name of imported)
		expect(
			shapes.split(new RegExp(`<g id="icon-${name}"><(?:path|circle|rect|line|poly)`))
		).toHaveLength(2);
	expect(imported).toContain('building-2');
});
