/**
 * Spans as bits: one number a user says in which buckets of the period they were seen, or held something, so that the distinct users of all
 * buckets are counted without a set for each. A number holds 62 buckets, a longer period has several (`block`, from 0). In the first, two
 * bits more stand for the days that the period is compared with, and for the period as a whole. All for parameters of spans-sql.ts;
 * constant text: values are bound.
 */
const BUCKETS_A_BLOCK = 62;
const COMPARED = BUCKETS_A_BLOCK;
const WHOLE = BUCKETS_A_BLOCK + 1;

/** Which bucket of the period a local day in it lies in, from 0. */
const indexOf = (day: string) => `toUInt32(multiIf({bucket: String} = 'day', ${day} - {from: Date},
		{bucket: String} = 'week', intDiv(toMonday(${day}) - toMonday({from: Date}), 7), 0))`;

const BUCKETS = `(${indexOf('{to: Date}')} + 1)`;
const IN_PERIOD = `day BETWEEN {from: Date} AND {to: Date}`;
const bit = (place: string) => `bitShiftLeft(toUInt64(1), ${place})`;

/**
 * Common table expression `days_seen`: rows of user_days_v1 that meet `where`, each with its `block`, the `seen` bits in it, and `columns`.
 * The days after the first block are read a second time, for the period as a whole.
 */
export const daysSeen = (where: string, columns: string) => `
days_seen AS
(
	SELECT
		user_hash, toUInt16(if(${IN_PERIOD}, intDiv(${indexOf('day')}, ${BUCKETS_A_BLOCK}), 0)) AS block,
		if(${IN_PERIOD}, bitOr(${bit(`${indexOf('day')} % ${BUCKETS_A_BLOCK}`)}, if(block = 0, ${bit(`${WHOLE}`)}, 0)), ${bit(`${COMPARED}`)}) AS seen,
		${columns}
	FROM user_days_v1
	WHERE ${where} AND (${IN_PERIOD} OR day BETWEEN {compared_from: Date} AND {compared_to: Date})
	UNION ALL
	SELECT user_hash, toUInt16(0) AS block, ${bit(`${WHOLE}`)} AS seen, ${columns}
	FROM user_days_v1
	WHERE ${where} AND ${IN_PERIOD} AND day >= if({bucket: String} = 'week', toMonday({from: Date}) + ${7 * BUCKETS_A_BLOCK}, {from: Date} + ${BUCKETS_A_BLOCK})
		AND {bucket: String} != 'all'
)`;

/** The first bucket that ends on a day or later; the number of buckets where none does. */
const firstEndingBy = (day: string) =>
	`multiIf(${day} < {from: Date}, 0, ${day} > {to: Date}, ${BUCKETS}, ${indexOf(day)})`;

/** The bits of a block below a bucket. */
const below = (bucket: string) =>
	`toUInt64(${bit(`toUInt8(greatest(0, least(${BUCKETS_A_BLOCK}, toInt32(${bucket}) - ${BUCKETS_A_BLOCK} * block)))`)} - 1)`;

/** Blocks of the period, for ARRAY JOIN. */
export const BLOCKS = `arrayMap(one -> toUInt16(one), range(toUInt32(intDiv(${BUCKETS} - 1, ${BUCKETS_A_BLOCK}) + 1)))`;

/** SQL: the bits of those spans in `block` at whose end holds what began on the day `first` and ended on the day `ended`, or NULL. */
export const heldBits = (first: string, ended: string) => {
	const holdsAt = (end: string) => `${first} <= ${end} AND ifNull(${ended} > ${end}, true)`;
	const begins = firstEndingBy(first);
	const ends = `greatest(${begins}, ${firstEndingBy(`ifNull(${ended}, {to: Date} + 1)`)})`;
	return `bitOr(bitXor(${below(ends)}, ${below(begins)}), if(block = 0,
		bitOr(if(${holdsAt('{to: Date}')}, ${bit(`${WHOLE}`)}, 0), if(${holdsAt('{compared_to: Date}')}, ${bit(`${COMPARED}`)}, 0)), 0))`;
};

/** SQL: the span that a bit of a block stands for, with its first day. */
export const spanOfBit = (block: string, place: string) => `multiIf(
		${place} = ${COMPARED}, ('compared', {compared_from: Date}), ${place} = ${WHOLE}, ('whole', {from: Date}),
		('bucket', multiIf({bucket: String} = 'day', {from: Date} + (${block} * ${BUCKETS_A_BLOCK} + ${place}),
			{bucket: String} = 'week', toMonday({from: Date}) + 7 * (${block} * ${BUCKETS_A_BLOCK} + ${place}), {from: Date})))`;
