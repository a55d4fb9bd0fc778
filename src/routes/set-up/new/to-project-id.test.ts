import { expect, it } from 'vitest';
import { toProjectId } from './to-project-id.ts';

it.each([
	['My site', 'my-site'],
	['Café & Shop_2.0', 'cafe-shop-2-0'],
	['  --Ünïcode--  ', 'unicode'],
	['日本', ''],
	['a'.repeat(60), 'a'.repeat(40)],
	[`${'a'.repeat(39)} b`, 'a'.repeat(39)]
])('%j gives %j', (name, id) => {
	expect(toProjectId(name)).toBe(id);
});
