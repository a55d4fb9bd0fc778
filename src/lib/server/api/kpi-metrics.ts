import { Gauge, Registry } from 'prom-client';
import type { KpiResult } from '../kpis/answer-kpis.ts';

/**
 * Figures as Prometheus reads them: counts of the period, which a query divides, and times in seconds. What is not known has no sample,
 * which is not zero.
 */
export async function kpiMetrics(
	projects: readonly { project: string; kpis: readonly KpiResult[] }[]
): Promise<{ text: string; contentType: string }> {
	const registry = new Registry();
	const gauge = (name: string, help: string, labelNames: string[] = []) =>
		new Gauge({ name, help, labelNames: ['project', 'kpi', ...labelNames], registers: [registry] });
	const numerators = gauge('passlens_kpi_numerator', 'Cases that a share counts, in the period');
	const denominators = gauge('passlens_kpi_denominator', 'Cases that a share divides by');
	const times = gauge('passlens_kpi_seconds', 'A time, by quantile', ['quantile']);
	const cases = gauge('passlens_kpi_cases', 'How many times the quantiles are of');
	const coverages = gauge(
		'passlens_kpi_coverage_ratio',
		'How much of the traffic the figure can see'
	);
	for (const { project, kpis } of projects)
		for (const result of kpis) {
			const labels = { project, kpi: result.definition.id };
			const set = (to: typeof cases, value: number | null) => {
				if (value !== null) to.set(labels, value);
			};
			const { coverage } = 'answer' in result ? result.answer : result.duration;
			if (coverage?.denominator) coverages.set(labels, coverage.numerator / coverage.denominator);
			if ('answer' in result) {
				set(numerators, result.answer.numerator);
				set(denominators, result.answer.denominator);
				continue;
			}
			const { p50, p75, p95, count } = result.duration;
			set(cases, count);
			for (const [quantile, ms] of [
				['0.5', p50],
				['0.75', p75],
				['0.95', p95]
			] as const)
				if (ms !== null) times.set({ ...labels, quantile }, ms / 1_000);
		}
	return { text: await registry.metrics(), contentType: registry.contentType };
}
