import { expect, test } from 'vitest';
import { readAllowlist } from './check-permissions-policy.ts';

const GET = 'publickey-credentials-get';

test.each([
	['', undefined],
	['camera=()', undefined],
	[`${GET}=()`, []],
	[`${GET}=*`, ['*']],
	[`${GET}=self`, ['self']],
	[`${GET}=(self "https://a.example")`, ['self', 'https://a.example']],
	[`camera=("https://a.example,b"), ${GET}=(self);x=1`, ['self']],
	[`${GET}=(), ${GET}=(self)`, ['self']],
	[`${GET}`, []],
	[`${GET}=("none" src)`, []],
	[`x-${GET}=()`, undefined]
])('%s allows %j', (header, expected) => {
	expect(readAllowlist(header, GET)).toEqual(expected);
});
