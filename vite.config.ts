import { availableParallelism } from 'node:os';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tools/longest-first.ts';
import { staticIcons } from './tools/static-icons.ts';

/** What only charts and their tables need of what is shared. */
const CHARTS = /src\/lib\/(charts|annotations)\//;

/** Makes the empty database that tests copy. */
const TEMPLATE = './migrations/testing/make-template.ts';

export default defineConfig({
	plugins: [staticIcons(), tailwindcss(), sveltekit()],
	build: {
		chunkSizeWarningLimit: 1200,
		// The list of what each page's script needs would go to every page, with the name of every file. On a way to another page what it
		// needs is fetched while its data is counted; the first page's HTML names all of its own.
		modulePreload: false,
		// Browsers that know light-dark() themselves: what an older target is given in its place is settled on <html>, and a picture
		// in light colours could not be taken of a dark page.
		cssTarget: ['chrome123', 'edge123', 'firefox128', 'safari17.5']
	},
	environments: {
		client: {
			build: {
				rolldownOptions: {
					output: {
						// What many pages share comes in one file: in dozens of small ones it would be an eighth larger, compressed. The frame of
						// charts comes in one of its own: pages without any do without it.
						codeSplitting: {
							groups: [
								// First, or the charts would take along what they need of it.
								{ name: 'shared', test: (id) => !CHARTS.test(id), minShareCount: 14, priority: 1 },
								{ name: 'charts', test: CHARTS, minShareCount: 14 }
							]
						}
					}
				}
			}
		}
	},
	test: {
		expect: { requireAssertions: true },
		// On CI's shared machine one test in two thousand may starve. `npm test` names each that needed its second try: mend those.
		retry: process.env.CI ? 1 : 0,
		// Vitest would leave one of two cores to itself, and most of these tests wait for a database or a browser now and then.
		maxWorkers: Math.max(2, availableParallelism() - 1),
		sequence: { sequencer: LongestFirst },
		projects: [
			{
				extends: true,
				test: { name: 'sdk', include: ['sdk/**/*.test.ts'], environment: 'node' }
			},
			{
				extends: true,
				test: {
					name: 'collector',
					include: ['{bench,collector,migrations,settings,simulator,tools}/**/*.test.ts'],
					environment: 'node',
					// One process owns an embedded database, and a native library must not be torn down under a thread.
					pool: 'forks',
					globalSetup: TEMPLATE,
					// Real databases and processes; a loaded machine must not make a test fail.
					testTimeout: 30_000,
					hookTimeout: 60_000
				}
			},
			{
				extends: true,
				test: {
					name: 'dashboard',
					include: ['src/**/*.test.ts'],
					environment: 'node',
					pool: 'forks',
					globalSetup: TEMPLATE,
					testTimeout: 30_000,
					hookTimeout: 60_000
				}
			},
			{
				extends: true,
				test: {
					name: 'browser',
					include: ['tests/**/*.test.ts'],
					environment: 'node',
					pool: 'forks',
					globalSetup: [TEMPLATE, './tests/support/unpack-browser.ts'],
					// After the other projects, which fill the machine.
					sequence: { groupOrder: 1 },
					testTimeout: 60_000,
					hookTimeout: 180_000
				}
			}
		]
	}
});
