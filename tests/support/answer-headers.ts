import { expect } from 'vitest';

/** What every answer of the dashboard carries, whoever asked for whatever. */
const EVERY_ANSWER = {
	...{ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' },
	...{ 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin' },
	'cross-origin-resource-policy': 'same-origin',
	'permissions-policy': expect.stringContaining('camera=()'),
	'content-security-policy': expect.stringMatching(
		/^(?=.*default-src '(self|none)')(?=.*frame-ancestors 'none')(?!.*script-src[^;]*unsafe)/
	)
};

/** @param kept whether it may stay in a cache, as the files of the build do */
export function expectAnswerHeaders(
	headers: Headers | NodeJS.Dict<string | string[]>,
	{ of, kept = false }: { of: string; kept?: boolean }
): void {
	const told = headers instanceof Headers ? Object.fromEntries(headers) : headers;
	expect(told, of).toMatchObject({
		...EVERY_ANSWER,
		...(!kept && { 'cache-control': expect.stringContaining('no-store') })
	});
}
