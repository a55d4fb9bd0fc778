import type { Export, ExportInput } from '../queries/exports.ts';
import { breakDown, type PartAnswer } from '../kpis/break-down.ts';
import { readBreakdownChoice, PAGE_BREAKDOWNS, type BreakdownPage } from './page-breakdowns.ts';

async function breakDownPage(page: BreakdownPage, { client, filters, search }: ExportInput) {
	const { figure, by } = readBreakdownChoice(page, search);
	const parts = await breakDown({ client, filters, by, id: figure });
	return parts.map((part) => ({ kpi: figure, by, value: part.value, ...countsOf(part) }));
}

/** Counts; of a time its quantiles in milliseconds, and of how many it is. */
const countsOf = (part: PartAnswer) =>
	'duration' in part
		? {
				denominator: part.duration.count,
				p50_ms: part.duration.p50,
				p75_ms: part.duration.p75,
				p95_ms: part.duration.p95,
				previous_denominator: part.previousDuration?.count ?? null,
				previous_p50_ms: part.previousDuration?.p50 ?? null
			}
		: {
				numerator: part.answer.numerator,
				denominator: part.answer.denominator,
				previous_numerator: part.previous?.numerator ?? null,
				previous_denominator: part.previous?.denominator ?? null
			};

/** A figure of each page by one dimension, as its address chooses them: `figure=enrollment_rate&by=country`. */
export const BREAKDOWN_EXPORTS: Record<string, Export> = Object.fromEntries(
	(Object.keys(PAGE_BREAKDOWNS) as BreakdownPage[]).map((page) => [
		`${page}-breakdown`,
		{
			...(page === 'sync-coverage' && { ofPasskeys: true }),
			run: (input: ExportInput) => breakDownPage(page, input)
		}
	])
);
