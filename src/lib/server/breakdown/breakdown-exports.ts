import type { Export, ExportInput } from '../queries/exports.ts';
import { breakDown } from '../kpis/break-down.ts';
import { readBreakdownChoice, PAGE_BREAKDOWNS, type BreakdownPage } from './page-breakdowns.ts';

async function breakDownPage(page: BreakdownPage, { client, filters, search }: ExportInput) {
	const { figure, by } = readBreakdownChoice(page, search);
	const parts = await breakDown({ client, filters, by, id: figure });
	return parts.map(({ value, answer, previous }) => ({
		...{ kpi: figure, by, value },
		numerator: answer.numerator,
		denominator: answer.denominator,
		previous_numerator: previous?.numerator ?? null,
		previous_denominator: previous?.denominator ?? null
	}));
}

/** A figure of each page by one dimension, as its address chooses them: `figure=enrollment_rate&by=country`. */
export const BREAKDOWN_EXPORTS: Record<string, Export> = Object.fromEntries(
	(Object.keys(PAGE_BREAKDOWNS) as BreakdownPage[]).map((page) => [
		`${page}-breakdown`,
		{ run: (input: ExportInput) => breakDownPage(page, input) }
	])
);
