import { expect, it } from 'vitest';
import { askedDifferently } from './asked-differently.ts';

it('names the options in which a ceremony stands apart from those that succeeded, the rarest first', () => {
	const others = [
		{ timeout: '60000', userVerification: 'preferred', hints: '' },
		{ timeout: '60000', userVerification: 'preferred', hints: 'hybrid' },
		{ timeout: '60000', userVerification: 'required', hints: '' }
	];
	const own = { timeout: '5000', userVerification: 'required', hints: '' };
	expect(askedDifferently(own, others)).toEqual([
		{ option: 'timeout', own: '5000', usual: '60000', same: 0, of: 3 },
		{ option: 'userVerification', own: 'required', usual: 'preferred', same: 1, of: 3 }
	]);
	expect(askedDifferently(own, [])).toEqual([]);
});
