import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import { ROUTES } from '../access/routes.ts';
import { ENDPOINTS } from './endpoints.ts';
import { openApi } from './openapi.ts';

it('is a valid OpenAPI 3.1 document, the same each time', async () => {
	const document = openApi();
	const { valid, errors } = await new Validator().validate(structuredClone(document));
	expect(errors).toBeUndefined();
	expect(valid).toBe(true);
	expect(openApi()).toEqual(document);
});

it.each(ENDPOINTS)('$path is a route, open to whom the description says', ({ path, action }) => {
	const route = `/api/v1${path.replace(/\{(\w+)\}/g, '[$1]')}`;
	expect(ROUTES[route]).toEqual({ scope: 'project', read: action });
});

it('names each operation once, and no parameter twice', () => {
	const ids = ENDPOINTS.map(({ id }) => id);
	expect(new Set(ids).size).toBe(ids.length);
	const { paths } = openApi() as {
		paths: Record<string, { get: { parameters: { name: string }[] } }>;
	};
	for (const { get } of Object.values(paths)) {
		const names = get.parameters.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
	}
});
