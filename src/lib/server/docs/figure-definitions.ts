import { KPI_GROUPS, kpi } from '../kpis/registry.ts';

/** Every figure of the registry as Markdown. */
export function figureDefinitions(): string {
	const groups = KPI_GROUPS.map(({ title, kpis }) => {
		const figures = kpis.map(({ definition: of }) => {
			const facts = [
				`**Counts** ${of.numerator}`,
				`**Of** ${of.denominator}`,
				`**Window** ${of.window}`,
				...of.caveats.map((caveat) => `**Mind** ${caveat}`),
				`**Also so defined by** ${of.source}`,
				...(of.rivals?.length
					? [`**Not to be taken for** ${of.rivals.map((id) => kpi(id).name).join(', ')}`]
					: [])
			];
			const name = of.term ? `${of.name} (${of.term})` : of.name;
			return `### ${name}\n\n\`${of.id}\`\n\n${facts.map((fact) => `- ${fact}`).join('\n')}`;
		});
		return `## ${title}\n\n${figures.join('\n\n')}`;
	});
	return groups.join('\n\n');
}
