import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ECOSYSTEMS } from './filters.ts';
import { OUTCOMES } from './format/names.ts';

type Theme = 'light' | 'dark';
type Rgb = [number, number, number];

const css = readFileSync(new URL('../app.css', import.meta.url), 'utf8');
const TOKENS = new Map(
	[...css.matchAll(/--color-([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
		([, name, light, dark]) => [name!, { light: light!, dark: dark! }]
	)
);

const rgb = (name: string, theme: Theme): Rgb => {
	const hex = TOKENS.get(name)![theme];
	return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255) as Rgb;
};
const linear = (value: number) =>
	value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const luminance = (color: Rgb) => {
	const [r, g, b] = color.map(linear) as Rgb;
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/** WCAG 2.2 contrast ratio. */
function contrast(one: string, other: string, theme: Theme): number {
	const [low, high] = [luminance(rgb(one, theme)), luminance(rgb(other, theme))].toSorted(
		(a, b) => a - b
	);
	return (high! + 0.05) / (low! + 0.05);
}

/** How a dichromat sees a colour: Viénot, Brettel and Mollon (1999), on linear RGB. */
const DICHROMATS: Record<string, [Rgb, Rgb, Rgb]> = {
	protanopia: [
		[0.11238, 0.88762, 0],
		[0.11238, 0.88762, 0],
		[0.00401, -0.00401, 1]
	],
	deuteranopia: [
		[0.29275, 0.70725, 0],
		[0.29275, 0.70725, 0],
		[-0.02234, 0.02234, 1]
	]
};

function seenBy(color: Rgb, matrix: [Rgb, Rgb, Rgb] | undefined): Rgb {
	const light = color.map(linear) as Rgb;
	return matrix
		? (matrix.map((row) => row.reduce((sum, factor, at) => sum + factor * light[at]!, 0)) as Rgb)
		: light;
}

/** Distance in OKLab (Ottosson 2020), times 100: about 2 is just noticeable side by side. */
function distance(one: Rgb, other: Rgb): number {
	const lab = ([r, g, b]: Rgb): Rgb => {
		const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
		const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
		const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
		return [
			0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
			1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
			0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
		];
	};
	return Math.hypot(...lab(one).map((value, at) => value - lab(other)[at]!)) * 100;
}

const TEXT = ['ink', 'muted', 'accent', 'better', 'worse', 'todo', 'notice'];
/** Untouched requests are faint on purpose; a label always stands beside them. */
const COUNTED = OUTCOMES.filter((outcome) => outcome !== 'untouched');
const MARKS = [...ECOSYSTEMS, ...COUNTED, 'faint'];
const READERS = ['everyone', ...Object.keys(DICHROMATS)];

describe.each(['light', 'dark'] as const)('the %s palette', (theme) => {
	it.each(TEXT)('%s reads as text on every ground', (name) => {
		for (const ground of ['canvas', 'surface', 'sunken'])
			expect(contrast(name, ground, theme), ground).toBeGreaterThanOrEqual(4.5);
	});

	it('notices and buttons read on their own grounds', () => {
		expect(contrast('notice', 'notice-soft', theme)).toBeGreaterThanOrEqual(4.5);
		expect(contrast('accent', 'accent-soft', theme)).toBeGreaterThanOrEqual(4.5);
		expect(contrast('accent-ink', 'accent', theme)).toBeGreaterThanOrEqual(4.5);
	});

	it.each(MARKS)('%s stands out as a mark', (name) => {
		for (const ground of ['canvas', 'surface'])
			expect(contrast(name, ground, theme), ground).toBeGreaterThanOrEqual(3);
	});

	it.each(READERS)('parts of a chart differ for %s', (reader) => {
		for (const names of [ECOSYSTEMS, COUNTED]) {
			const colors = names.map((name) => ({
				name,
				seen: seenBy(rgb(name, theme), DICHROMATS[reader])
			}));
			for (const [at, one] of colors.entries())
				for (const other of colors.slice(at + 1))
					expect(
						distance(one.seen, other.seen),
						`${one.name} and ${other.name}`
					).toBeGreaterThanOrEqual(10);
		}
	});
});
