import type { DurationAnswer, KpiAnswer, KpiDefinition } from '../../format/kpi.ts';
import type { Collected } from '../queries/kpi-collected.ts';
import type { Rows, SourceName } from './sources.ts';

/** A figure: its words, the questions it is made of, and which of their counts make it. */
export type Kpi = ShareKpi | DurationKpi;

export interface ShareKpi {
	definition: KpiDefinition & { unit: 'share' };
	sources: readonly SourceName[];
	/** From rows to the answer. Pure. A row that is not there counts nothing. */
	answer(rows: Partial<Rows>, collected: Collected): KpiAnswer;
}

export interface DurationKpi {
	definition: KpiDefinition & { unit: 'duration' };
	sources: readonly SourceName[];
	answer(rows: Partial<Rows>, collected: Collected): DurationAnswer;
}

/** A type cannot be told by a member of a member, so it is asked here. */
export const isDuration = (kpi: Kpi): kpi is DurationKpi => kpi.definition.unit === 'duration';

type Words = Omit<KpiDefinition, 'unit'>;
type Given<Names extends SourceName> = { [Name in Names]: Rows[Name] | undefined };

/** Defines a share. `answer` sees the rows of the sources it names, and no others. */
export function defineShare<Names extends SourceName>(
	words: Words,
	sources: readonly Names[],
	answer: (rows: Given<Names>, collected: Collected) => KpiAnswer
): ShareKpi {
	return {
		definition: { ...words, unit: 'share' },
		sources,
		answer: (rows, collected) => answer(rows as Given<Names>, collected)
	};
}

/** The same for a time. */
export function defineDuration<Names extends SourceName>(
	words: Words,
	sources: readonly Names[],
	answer: (rows: Given<Names>, collected: Collected) => DurationAnswer
): DurationKpi {
	return {
		definition: { ...words, unit: 'duration' },
		sources,
		answer: (rows, collected) => answer(rows as Given<Names>, collected)
	};
}

/** There is data, and this figure cannot be known from it. */
export function notCollected(what: string): KpiAnswer {
	return { numerator: null, denominator: null, notCollected: what };
}

export const NO_USERS =
	'Call identify(userRef) once someone is known: users are counted from then on.';
export const NO_OFFERS =
	'Report prompts with prompt.shown: without offers nobody can be said to have taken one.';
export const NO_SIGNINS =
	'Report sign-ins by other methods with signIn: a share of all sign-ins needs all of them.';
export const NO_VERDICTS =
	'Send verdicts from your server (@passlens/sdk/server): the page alone cannot know what was accepted.';
