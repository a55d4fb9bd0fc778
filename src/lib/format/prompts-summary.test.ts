import { expect, it } from 'vitest';
import { summarisePrompts } from './prompts-summary.ts';

const part = (name: string, shown: number, dismissed: number, created: number) => ({
	...{ name, shown, dismissed, created }
});

it.each([
	[
		'names what earns and what annoys',
		[part('After sign-in', 400, 100, 160), part('Checkout', 400, 300, 20)],
		'After sign-in earns most: 40 % of its prompts led to a passkey. Checkout annoys most: 75 % were dismissed.'
	],
	[
		'names what comes within chance of it',
		[part('After', 3329, 1978, 473), part('Settings', 522, 317, 73), part('Home', 656, 438, 37)],
		'After earns most: 14.2 % of its prompts led to a passkey; Settings (14 %) comes within chance of it. Home annoys most: 66.8 % were dismissed.'
	],
	[
		'does not take chance for a difference',
		[part('After sign-in', 40, 10, 12), part('Checkout', 40, 12, 9)],
		'No way of asking stands out: what they earn and how often they are dismissed is within chance.'
	],
	[
		'compares nothing with a handful',
		[part('After sign-in', 400, 100, 160), part('Checkout', 9, 0, 9)],
		'Too few prompts of more than one kind to compare them.'
	]
])('%s', (_, parts, expected) => {
	expect(summarisePrompts(parts).replaceAll('\u202f', ' ')).toBe(expected);
});
