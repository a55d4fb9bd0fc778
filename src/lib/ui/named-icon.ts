import type { Component } from 'svelte';
import Icon from './icon.svelte';

/** The component of one icon; what an import of Lucide's comes to (`static-icons.ts`). */
export function named(name: string): Component<{ class?: string }> {
	return (place, props) =>
		Icon(place, {
			name,
			get class() {
				return props.class;
			}
		});
}
