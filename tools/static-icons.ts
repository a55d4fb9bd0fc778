import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const ICON = /\/@lucide\/svelte\/dist\/icons\/[\w-]+\.svelte$/;
/** How each icon's module tells its shapes; another version that tells them otherwise ends the build. */
const SHAPES = /const iconData = (\{.+?\});\n/;

interface IconData {
	node: [tag: string, attributes: Record<string, string>][];
}

/**
 * Lucide's icons as the markup that they are. Theirs compute sizes, colours and labels when they are drawn, which takes code and
 * time on every page; ours take a class alone.
 */
export function staticIcons(): Plugin {
	return {
		name: 'static-icons',
		enforce: 'pre',
		load(id) {
			const [file = ''] = id.split('?');
			if (!ICON.test(file)) return undefined;
			const [, data] = SHAPES.exec(readFileSync(file, 'utf8')) ?? [];
			if (!data) throw new Error(`${file} does not tell its shapes as a version before did.`);
			return draw(JSON.parse(data) as IconData);
		}
	};
}

function draw({ node }: IconData): string {
	const shapes = node.map(([tag, attributes]) => {
		const written = Object.entries(attributes).map(([key, value]) => `${key}="${value}"`);
		return `<${tag} ${written.join(' ')} />`;
	});
	return `<script>
	import Icon from '$lib/ui/icon.svelte';
	let { class: className } = $props();
</script>

<Icon class={className} shapes={${JSON.stringify(shapes.join(''))}} />
`;
}
