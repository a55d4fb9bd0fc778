import type { ClickHouseClient } from '@clickhouse/client';
import {
	DIMENSIONS,
	isOfPasskeys,
	PASSKEY_DIMENSIONS,
	type Dimension
} from '../../breakdown/dimensions.ts';
import { comparisonRange, type Filters } from '../../filters.ts';
import type { DurationAnswer, KpiAnswer } from '../../format/kpi.ts';
import { readCollected, type Collected } from '../queries/kpi-collected.ts';
import { isDuration, type Kpi } from './define-kpi.ts';
import { findKpi } from './registry.ts';
import { SOURCES, type PartsAsked, type Reading, type Rows, type SourceName } from './sources.ts';

/** A figure of those who share one value of a dimension. */
export type PartAnswer = ShareOfPart | TimeOfPart;

export interface ShareOfPart {
	/** Empty: not known. */
	value: string;
	answer: KpiAnswer;
	/** Of the days compared with; absent when nothing is compared. */
	previous?: KpiAnswer;
}

/** The same of a time. */
export interface TimeOfPart {
	value: string;
	duration: DurationAnswer;
	previousDuration?: DurationAnswer;
}

/** How many a figure of a part is of, now and in the days compared with. */
const casesOf = (part: PartAnswer) =>
	'duration' in part
		? { now: part.duration.count, before: part.previousDuration?.count ?? 0 }
		: { now: part.answer.denominator, before: part.previous?.denominator ?? 0 };

/** By which questions a figure's counts are made, of those that can be told apart: by all that clients tell, tags among it. */
const COUNTED_BY = {
	eligible_users: { sources: ['users'] },
	activation_rate: { sources: ['holders'] },
	enrollment_rate: { sources: ['users'] },
	usage_rate_all: { sources: ['activity'] },
	usage_rate_enrolled: { sources: ['activity', 'enrolled_signins'] },
	fallback_rate: { sources: ['activity'] },
	cancel_rate: { sources: ['activity'] },
	error_rate: { sources: ['activity'] },
	drop_off: { sources: ['ceremonies'] },
	abandonment: { sources: ['ceremonies'] },
	verdict_coverage: { sources: ['ceremonies'] },
	rejection_rate: { sources: ['ceremonies'] },
	ceremony_success: { sources: ['ceremonies'] },
	cda_completion: { sources: ['ceremonies'] },
	time_to_sign_in: { sources: ['ceremonies'] },
	sync_coverage: { sources: ['sync'], ofPasskeys: true },
	synced_share: { sources: ['sync'], ofPasskeys: true },
	backed_up_share: { sources: ['sync'], ofPasskeys: true },
	lockout_risk: { sources: ['sync'], ofPasskeys: true },
	reach: { sources: ['sync'], ofAnybodySeen: true },
	password_removal_ready: { sources: ['sync'], ofAnybodySeen: true },
	upgrade_rate: { sources: ['upgrades'] }
} as const satisfies Record<string, CountedBy>;

interface CountedBy {
	sources: readonly SourceName[];
	/** By what is known of passkeys alone, too. */
	ofPasskeys?: boolean;
	/** But by no ecosystem: no filter of the client narrows everybody seen by it. */
	ofAnybodySeen?: boolean;
}

/** A figure that can be broken down. */
export type BrokenDown = keyof typeof COUNTED_BY;

export function canBreakDown(id: BrokenDown, by: Dimension): boolean {
	const { ofPasskeys = false, ofAnybodySeen = false }: CountedBy = COUNTED_BY[id];
	return isOfPasskeys(by) ? ofPasskeys : !(ofAnybodySeen && by === 'ecosystem');
}

/** What a figure can be broken down by; `tags` are those that the project's rollups tell apart. */
export function dimensionsOf(id: BrokenDown, tags: readonly string[]): Dimension[] {
	const ofTags = tags.map((tag): Dimension => `tag:${tag}`);
	return [...DIMENSIONS, ...PASSKEY_DIMENSIONS, ...ofTags].filter((by) => canBreakDown(id, by));
}

/**
 * A figure of the registry by one dimension: each part is answered as the whole is, from the same question. The greatest parts first;
 * what is in two parts, such as a user with two devices, is in both.
 */
export async function breakDown({
	client,
	id,
	filters,
	by
}: {
	client: ClickHouseClient;
	id: BrokenDown;
	filters: Filters;
	by: Dimension;
}): Promise<PartAnswer[]> {
	const sources: readonly SourceName[] = COUNTED_BY[id].sources;
	const kpi = findKpi(id);
	const [collected, ...read] = await Promise.all([
		readCollected(client, filters.project),
		...sources.map((source) => readParts(source, { client, filters, by }))
	]);
	const compared = comparisonRange(filters) !== undefined;
	/** A part's row of each question. */
	const rowsOf = (value: string, span: 'whole' | 'compared') =>
		Object.fromEntries(
			sources.map((source, index) => [source, read[index]!.get(value)?.[span]])
		) as Partial<Rows>;
	return [...new Set(read.flatMap((parts) => [...parts.keys()]))]
		.map((value) =>
			answerPart(kpi, {
				...{ value, collected, now: rowsOf(value, 'whole') },
				...(compared && { before: rowsOf(value, 'compared') })
			})
		)
		.filter((part) => casesOf(part).now !== 0 || casesOf(part).before > 0)
		.toSorted(
			(one, other) =>
				(casesOf(other).now ?? 0) - (casesOf(one).now ?? 0) || (one.value < other.value ? -1 : 1)
		);
}

/** One question of those above, all of which can be told apart. */
const readParts = (source: SourceName, asked: PartsAsked) =>
	SOURCES[source].readParts!(asked) as Promise<Map<string, Reading<Rows[SourceName]>>>;

function answerPart(
	kpi: Kpi,
	of: { value: string; collected: Collected; now: Partial<Rows>; before?: Partial<Rows> }
): PartAnswer {
	const { value, collected, now, before } = of;
	if (isDuration(kpi))
		return {
			value,
			duration: kpi.answer(now, collected),
			...(before && { previousDuration: kpi.answer(before, collected) })
		};
	return {
		value,
		answer: kpi.answer(now, collected),
		...(before && { previous: kpi.answer(before, collected) })
	};
}
