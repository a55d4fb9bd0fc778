import adapter from '@sveltejs/adapter-node';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
	preprocess: vitePreprocess(),
	kit: {
		adapter: adapter(),
		// src/hooks.server.ts checks where a form comes from, by the name that the visitor uses and not by one set at the start.
		csrf: { trustedOrigins: ['*'] },
		csp: {
			// connect-src is added at run time (src/hooks.server.ts): it names the collector.
			directives: {
				'default-src': ['self'],
				'script-src': ['self'],
				// Svelte and the charts set style attributes.
				'style-src': ['self', 'unsafe-inline'],
				'img-src': ['self', 'data:'],
				'object-src': ['none'],
				'base-uri': ['self'],
				'form-action': ['self'],
				'frame-ancestors': ['none']
			}
		}
	}
};
