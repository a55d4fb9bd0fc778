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

export default defineConfig(
	globalIgnores(['build/', '.svelte-kit/', 'data/', 'sdk/dist/', 'node_modules/']),
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
		['sdk/{src,shared}/**/!(*.test).ts'],
		[
			{
				group: ['**/event/*'],
				allowTypeImports: true,
				message:
					'The browser SDK takes types alone from the contract: zod would cost more than the SDK.'
			},
			{
				group: ['zod', 'node:*', '**/server/*', '**/collector/**', '**/migrations/**', '$lib/**'],
				message: 'The browser SDK has no dependency and knows no other room.'
			}
		]
	),
	room(
		['sdk/event/**/*.ts', 'sdk/server/**/*.ts'],
		[
			{
				group: ['**/collector/**', '**/migrations/**', '**/settings/**', '$lib/**'],
				message: 'The SDK knows the contract alone.'
			}
		]
	),
	room(
		['collector/**/*.ts'],
		[
			{
				group: [
					'$lib/**',
					'**/src/lib/**',
					'**/src/routes/**',
					'**/sdk/src/**',
					'**/sdk/server/**'
				],
				message:
					'The collector writes, the dashboard reads; they meet in SQL tables, never in code.'
			}
		]
	),
	room(
		['src/**/*.ts', 'src/**/*.svelte'],
		[
			{
				group: ['**/collector/**'],
				message:
					'The collector writes, the dashboard reads; they meet in SQL tables, never in code.'
			}
		]
	),
	room(
		['migrations/**/*.ts', 'settings/**/*.ts'],
		[
			{
				group: ['**/collector/**', '**/src/**', '**/sdk/**', '$lib/**'],
				message: 'The stores know nobody; others know them.'
			}
		]
	)
);
