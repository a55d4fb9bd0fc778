import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/**
 * Who may know whom (the plan is in CONTRIBUTING.md). Each rule names a room and the rooms it must not enter.
 * @param {string[]} files
 * @param {{ group: string[], message: string, allowTypeImports?: boolean }[]} patterns
 * @returns {import('eslint').Linter.Config}
 */
const room = (files, patterns) => ({
	files,
	rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] }
});

const DASHBOARD = ['$lib/**', '**/src/lib/**', '**/src/routes/**'];
const OUTSIDE_THE_SDK = [
	'**/collector/**',
	'**/migrations/**',
	'**/settings/**',
	'**/simulator/**',
	'$lib/**'
];
const CONTRACT_TYPES_ALONE = {
	group: ['**/event/*'],
	allowTypeImports: true,
	message: 'The SDK takes types alone from the contract: zod would cost more than the SDK.'
};
const IN_TABLES =
	'The collector writes, the dashboard reads; they meet in SQL tables, never in code.';
const ABOVE =
	'What tries, fills and measures the rest knows the rest, and not the other way round.';

export default defineConfig(
	globalIgnores([
		'build/',
		'.svelte-kit/',
		'data/',
		'sdk/dist/',
		'node_modules/',
		'examples/nextjs/.next/',
		'examples/nextjs/next-env.d.ts'
	]),
	js.configs.recommended,
	...ts.configs.strict,
	...svelte.configs.recommended,
	{
		languageOptions: { globals: { ...globals.browser, ...globals.node } },
		rules: {
			'no-undef': 'off',
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/no-non-null-assertion': 'off',
			'svelte/no-navigation-without-resolve': 'off'
		}
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts', '**/*.svelte.js'],
		languageOptions: {
			parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig }
		}
	},
	room(
		['sdk/{src,common,flows,trace,debug,simplewebauthn}/**/!(*.test).ts'],
		[
			CONTRACT_TYPES_ALONE,
			{
				group: ['zod', 'node:*', '**/server/*', ...OUTSIDE_THE_SDK],
				message: 'The browser SDK has no dependency and knows no other room.'
			}
		]
	),
	room(
		['sdk/server/!(*.test).ts'],
		[CONTRACT_TYPES_ALONE, { group: OUTSIDE_THE_SDK, message: 'The SDK knows no other room.' }]
	),
	room(
		['sdk/doctor/**/!(*.test).ts'],
		[
			{
				group: ['zod', '**/event/**', '**/server/**', '**/src/**', ...OUTSIDE_THE_SDK],
				message: 'The doctor is whole in itself: it looks at sites from outside.'
			}
		]
	),
	room(
		['sdk/outbound/**/!(*.test).ts'],
		[
			{
				group: [
					'zod',
					'**/event/**',
					'**/server/**',
					'**/src/**',
					'**/doctor/**',
					...OUTSIDE_THE_SDK
				],
				message: 'Whoever asks the network knows what it was told alone: an address and its limits.'
			}
		]
	),
	room(
		['sdk/event/**/*.ts'],
		[
			{
				group: ['**/server/**', '**/common/**', '**/src/**', ...OUTSIDE_THE_SDK],
				message: 'The contract knows nobody.'
			}
		]
	),
	room(
		['collector/**/*.ts'],
		[
			{ group: [...DASHBOARD, '**/sdk/src/**', '**/sdk/server/**'], message: IN_TABLES },
			{ group: ['**/simulator/**', '**/tests/**', '**/bench/**'], message: ABOVE }
		]
	),
	room(
		// What only tests use fills the tables as the collector does: with the collector.
		[
			'src/!(lib)/**/*.ts',
			'src/lib/!(server)/**/*.ts',
			'src/lib/server/!(testing)/**/*.ts',
			'src/**/*.svelte'
		],
		[
			{ group: ['**/collector/**'], message: IN_TABLES },
			{ group: ['**/simulator/**', '**/tests/**', '**/bench/**'], message: ABOVE }
		]
	),
	room(
		['simulator/**/*.ts'],
		[
			{ group: DASHBOARD, message: 'The simulator makes events; the dashboard reads them.' },
			{ group: ['**/tests/**', '**/bench/**'], message: ABOVE }
		]
	),
	room(
		['migrations/**/*.ts', 'settings/**/*.ts', 'telemetry/**/*.ts'],
		[
			{
				group: ['**/collector/**', '**/src/**', '**/sdk/**', '**/simulator/**', '$lib/**'],
				message: 'The stores know nobody; others know them.'
			}
		]
	)
);
