import { describe, expect, test } from 'vitest';
import { errorSchema } from '../event/event.ts';
import { describeError } from './describe-error.ts';

const aborted = AbortSignal.abort('why');

describe('describeError', () => {
	test.each<[title: string, error: unknown, signal: AbortSignal | undefined, expected: object]>([
		[
			'a DOMException',
			new DOMException('Not "now"', 'NotAllowedError'),
			undefined,
			{ name: 'NotAllowedError', signature: 'Not <value>' }
		],
		[
			'an Error',
			new TypeError('user.id is too long'),
			undefined,
			{ name: 'TypeError', signature: 'user.id is too long' }
		],
		['a bare string after an abort', 'ada said no', aborted, { name: 'AbortError' }],
		['a bare string', 'ada said no', undefined, { name: 'string' }],
		['a number', 7, undefined, { name: 'number' }],
		['nothing', undefined, undefined, { name: 'undefined' }],
		['null', null, undefined, { name: 'object' }],
		['an object of its own kind', { name: 'Odd' }, undefined, { name: 'object' }],
		[
			'a name of nonsense',
			Object.assign(new Error(''), { name: '<b> "x" ' + 'y'.repeat(99) }),
			undefined,
			{ name: 'bx' + 'y'.repeat(62), signature: '' }
		],
		[
			'an empty name',
			Object.assign(new Error('m'), { name: '' }),
			undefined,
			{ name: 'object', signature: 'm' }
		]
	])('%s', (_title, error, signal, expected) => {
		const described = describeError(error, signal);
		expect(JSON.parse(JSON.stringify(described))).toEqual(expected);
		expect(errorSchema.safeParse(described).success).toBe(true);
	});
});
