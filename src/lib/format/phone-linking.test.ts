import { expect, it } from 'vitest';
import type { Ecosystem } from '../filters.ts';
import { linkingOf } from './phone-linking.ts';

it.each<[string, Ecosystem | '', string]>([
	['Windows', 'apple', 'never'],
	['macOS', 'apple', 'never'],
	['Windows', 'google', 'may_be'],
	['macOS', 'google', 'disputed'],
	['Linux', 'google', 'never'],
	['iOS', 'google', 'never'],
	['', 'google', 'not_known'],
	['Windows', 'third_party', 'not_known'],
	['Windows', 'unknown', 'not_known'],
	['Windows', '', 'not_known']
])('on %s with a phone of %s: %s', (platform, phone, linking) => {
	expect(linkingOf(platform, phone)).toBe(linking);
});
