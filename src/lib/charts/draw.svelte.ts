import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import type { Attachment } from 'svelte/attachments';

/** Draws an ECharts option into an element, keeps it at the element's size, and redraws when the option changes. */
export function draw(
	option: () => EChartsCoreOption,
	onReady: (chart: EChartsType) => void
): Attachment<HTMLElement> {
	return (element) => {
		let chart = $state.raw<EChartsType>();
		let gone = false;
		const observer = new ResizeObserver(() => chart?.resize());
		void import('./echarts.ts').then(({ init }) => {
			if (gone) return;
			chart = init(element, undefined, { renderer: 'svg' });
			observer.observe(element);
			// On paper and in pictures the drawing is scaled to its place.
			chart.on('finished', () => {
				const { clientWidth: width, clientHeight: height } = element;
				element.querySelector('svg')?.setAttribute('viewBox', `0 0 ${width} ${height}`);
			});
			onReady(chart);
		});
		$effect(() => chart?.setOption(option(), { notMerge: true }));
		return () => {
			gone = true;
			observer.disconnect();
			chart?.dispose();
		};
	};
}
