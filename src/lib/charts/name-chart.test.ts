import { describe, expect, it } from 'vitest';
import { nameBars, nameCells, nameFunnel } from './name-chart.ts';

const bars = (...values: (number | null)[]) =>
	values.map((value, index) => ({ label: `b${index}`, value }));
const plain = (text: string) => text.replace(/\s+/g, ' ');

describe('a chart is called by what it shows and', () => {
	it.each([
		['the longest bar', nameBars('Bars', bars(1, 3, null)), 'Bars. Most: b1, 75.0 %'],
		['nothing more where there is none', nameBars('Bars', bars(null, 0)), 'Bars'],
		[
			'the widest gap of a funnel, over steps that are not known',
			nameFunnel('Funnel', bars(10, null, 4, 3)),
			'Funnel. Most are lost before b2: −6 (60.0 %)'
		],
		['nothing more where nobody is lost', nameFunnel('Funnel', bars(4, 4)), 'Funnel'],
		[
			'the greatest cell',
			nameCells('Cells', [
				{ row: 'a', column: 'x', count: 1 },
				{ row: 'b', column: 'y', count: 2 }
			]),
			'Cells. Most: b, y, 2'
		],
		['nothing more where there is no cell', nameCells('Cells', []), 'Cells']
	])('%s', (_, name, expected) => {
		expect(plain(name)).toBe(expected);
	});
});
