import { expect, test } from 'vitest';
import { follow } from './follow.ts';

const ADDRESS = 'http://localhost/?project=demo';
const slow = () => new Promise<string>((resolve) => setTimeout(resolve, 5, 'counted'));

test('what takes long follows the frame of a page', async () => {
	const { figures } = await follow(
		{ url: new URL(ADDRESS), isDataRequest: false },
		{ figures: slow() }
	);
	expect(figures).toBeInstanceOf(Promise);
	expect(await figures).toBe('counted');
});

test.each([
	['from page to page', ADDRESS, true],
	['without script', `${ADDRESS}&whole=`, false]
])('%s nothing follows', async (_, address, isDataRequest) => {
	expect(await follow({ url: new URL(address), isDataRequest }, { figures: slow() })).toEqual({
		figures: 'counted'
	});
	const refused = follow(
		{ url: new URL(address), isDataRequest },
		{ figures: Promise.reject(new Error('refused')) }
	);
	await expect(refused).rejects.toThrow('refused');
});

test('a question that fails before the page looks at it ends no process', async () => {
	const { figures } = await follow(
		{ url: new URL(ADDRESS), isDataRequest: false },
		{ figures: Promise.reject(new Error('refused')) }
	);
	// Node would have told of it by now.
	await new Promise((resolve) => setTimeout(resolve, 5));
	await expect(figures).rejects.toThrow('refused');
});
