import type { DurationAnswer, KpiAnswer } from '../../format/kpi.ts';
import { intervalOf, type KpiResult } from './answer-kpis.ts';
import { findKpi } from './registry.ts';
import { queriesOf } from './sources.ts';

/**
 * A figure for whoever asks over HTTP: its words, its counts, what they leave out, and how much of the traffic they see.
 * Counts, never a ready-made ratio; null is "not known". Of a duration, quantiles in milliseconds and the number of cases.
 * `previous`, of the days compared with, is the counts alone.
 */
export function describeKpi(result: KpiResult) {
	const { definition } = result;
	const words = { definition, queries: queriesOf(findKpi(definition.id).sources) };
	if ('answer' in result)
		return {
			...words,
			...result.answer,
			...intervalOf(result),
			...(result.previous && { previous: countsOf(result.previous) })
		};
	return {
		...words,
		...result.duration,
		...(result.previousDuration && { previous: timesOf(result.previousDuration) })
	};
}

const countsOf = ({ numerator, denominator }: KpiAnswer) => ({ numerator, denominator });
const timesOf = ({ p50, p75, p95, count }: DurationAnswer) => ({ p50, p75, p95, count });
