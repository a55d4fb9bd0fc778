import type { CsvValue } from '../../format/csv.ts';
import type { Exclusion } from '../../format/kpi.ts';
import type { Export } from '../queries/exports.ts';
import { answerKpis, type KpiResult } from './answer-kpis.ts';
import { KPI_IDS } from './registry.ts';

const KINDS = ['conditional_untouched', 'test_authenticators', 'synthetic', 'unknown'] as const;

/** One figure as a line: counts and what they leave out, or a time's quantiles in milliseconds. */
function toKpiLine(result: KpiResult): Record<string, CsvValue> {
	const { definition } = result;
	const answer = 'answer' in result ? result.answer : undefined;
	const duration = 'duration' in result ? result.duration : undefined;
	const { excluded, coverage } = answer ?? duration ?? {};
	/** Empty where the kind cannot occur: that is not 0. */
	const sum = (kind: Exclusion['kind'], counted: boolean) => {
		const found = excluded?.filter(
			(one) => one.kind === kind && (one.counted ?? false) === counted
		);
		return found?.length ? found.reduce((total, { count }) => total + count, 0) : null;
	};
	return {
		kpi: definition.id,
		name: definition.name,
		numerator: answer?.numerator ?? null,
		denominator: answer ? answer.denominator : (duration?.count ?? null),
		p50_ms: duration?.p50 ?? null,
		p75_ms: duration?.p75 ?? null,
		p95_ms: duration?.p95 ?? null,
		...Object.fromEntries(KINDS.map((kind) => [`excluded_${kind}`, sum(kind, false)])),
		...Object.fromEntries(KINDS.map((kind) => [`counted_${kind}`, sum(kind, true)])),
		coverage_numerator: coverage?.numerator ?? null,
		coverage_denominator: coverage?.denominator ?? null
	};
}

/** Nothing is compared, and most figures are of what has no provider. */
const OF_ALL = { compare: 'none', provider: '' } as const;

export const KPI_EXPORTS: Record<string, Export> = {
	/** Every figure of the registry. */
	kpis: {
		run: async ({ client, filters }) => {
			const { kpis } = await answerKpis({
				client,
				ids: KPI_IDS,
				filters: { ...filters, ...OF_ALL },
				trend: false
			});
			return KPI_IDS.map((id) => toKpiLine(kpis[id]!));
		}
	},
	/** The parts of those that have any. */
	'kpi-parts': {
		run: async ({ client, filters }) => {
			const { kpis } = await answerKpis({
				client,
				ids: KPI_IDS,
				filters: { ...filters, ...OF_ALL },
				trend: false
			});
			return KPI_IDS.flatMap((id) => {
				const result = kpis[id]!;
				const parts = 'answer' in result ? (result.answer.parts ?? []) : [];
				return parts.map(({ key, name, numerator, denominator }) => ({
					kpi: id,
					part: key,
					name,
					numerator,
					denominator
				}));
			});
		}
	}
};
