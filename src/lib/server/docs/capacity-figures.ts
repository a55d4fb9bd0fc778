import measured from '../../../../docs/capacity.json';
import { formatCount } from '../../format/number.ts';

const MONTH_S = 30 * 86_400;
/** How much more than the average a busy hour has. An assumption: look at your own traffic. */
const PEAK = 5;
const RAW_DAYS = 90;
const CEREMONIES_A_MONTH = [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

/** What so many ceremonies a month need. */
export interface Sizing {
	ceremonies: number;
	/** Events a second in a busy hour. */
	peakEvents: number;
	/** Cores that those take, of event loops and of the database together. */
	cores: number;
	/** Gigabytes after a year: 90 days of single events, everything else whole. */
	gigabytes: number;
}

/** From the bench's own output (docs/capacity.json), and nothing else but the assumptions above. */
export function sizeFor(ceremonies: number): Sizing {
	const { size, bulk } = measured;
	const eventsEach = size.events / size.ceremonies;
	const peakEvents = ((ceremonies * eventsEach) / MONTH_S) * PEAK;
	const microseconds = (bulk.request_of_ten_event_loop_us + bulk.request_of_ten_database_us) / 10;
	const raw = (size.raw_bytes / size.ceremonies) * ceremonies * (RAW_DAYS / 30);
	const derived = ((size.all_bytes - size.raw_bytes) / size.ceremonies) * ceremonies * 12;
	return {
		ceremonies,
		peakEvents,
		cores: (peakEvents * microseconds) / 1e6,
		gigabytes: (raw + derived) / 1e9
	};
}

/** The measured costs and what follows from them, as Markdown. */
export function capacityFigures(): string {
	const { size, growth, bulk } = measured;
	const each = (bytes: number) => Math.round(bytes / size.ceremonies);
	const million = (microseconds: number) =>
		Math.round((microseconds * size.events) / size.ceremonies);
	const rows = CEREMONIES_A_MONTH.map(sizeFor).map(
		({ ceremonies, peakEvents, cores, gigabytes }) =>
			`| ${formatCount(ceremonies)} | ${rough(peakEvents)} | ${rough(cores)} | ${rough(gigabytes)} GB | ${formOf(gigabytes)} |`
	);
	return `## What was measured

| of a million ceremonies | measured |
| --- | --- |
| events | ${formatCount(size.events)} |
| disk, single events | ${each(size.raw_bytes)} MB |
| disk, what is made from them | ${each(size.all_bytes - size.raw_bytes)} MB |
| processor time, collector | ${million(growth.event_loop_us_per_event)} s |
| processor time, database | ${million(growth.database_us_per_event)} s |

Disk: ${size.measured_on}, synthetic ceremonies of a year, merged. Processor time: ${growth.measured_on}, ${growth.machine}, with ${formatCount(growth.events_in_database)} events in the database; the whole process, embedded database included, held ${growth.resident_megabytes} MB. With two cores to itself one process took ${formatCount(bulk.events_per_second)} events a second in large batches and ${formatCount(bulk.requests_per_second)} requests of ten a second, each of which cost ${bulk.request_of_ten_event_loop_us} µs of the event loop and ${bulk.request_of_ten_database_us} µs of the database; an event in large batches cost ${(growth.event_loop_us_per_event + growth.database_us_per_event).toFixed(1)} µs of both. Other machines differ: \`npm run bench\` measures yours.

## What follows

Computed from those figures; nothing beyond ten million events was run, and the form is judged, not measured. A busy hour is taken for ${PEAK} times the average. Disk after a year keeps ${RAW_DAYS} days of single events and all that is made from them, without copies on replicas.

| ceremonies a month | events a second, busy hour | cores they take | disk after a year | form |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

Pages come on top: what a page's question costs grows with the period it reads, and is not in these cores.`;
}

/** Two digits say as much as is known. */
function rough(value: number): string {
	if (value < 0.01) return '< 0.01';
	return value < 10
		? String(Number(value.toPrecision(2)))
		: formatCount(Number(value.toPrecision(2)));
}

/** Where pages still answer well in one process, and on one server: judged, not measured. */
const EMBEDDED_GB = 50;
const ONE_SERVER_GB = 2_000;

function formOf(gigabytes: number): string {
	if (gigabytes < EMBEDDED_GB) return 'one process, embedded database';
	if (gigabytes < ONE_SERVER_GB) return 'two collectors, one ClickHouse server';
	return 'several collectors, a ClickHouse cluster';
}
