import { join } from 'node:path';
import { shiftDay, today, type Filters } from '../src/lib/filters.ts';
import { UTC } from '../src/lib/zone/local-day.ts';
import { readEnrolmentFunnel } from '../src/lib/server/queries/enrolment-funnel.ts';
import { queryAdoptionBreakdown } from '../src/lib/server/queries/adoption-breakdown.ts';
import { toParameters } from '../src/lib/server/queries/filter-sql.ts';
import { result, type BenchPart } from './part.ts';
import { openPeers, type Peer } from './peers/databases.ts';
import { EXPORT_ACTS, questions, type Question } from './peers/questions.ts';
import { best, PROJECT, withCeremonies } from './size/with-ceremonies.ts';

type Made = Parameters<Parameters<typeof withCeremonies>[1]>[0];

/**
 * The Adoption page's two questions (users by system, the enrolment funnel) of thirty days, as the page asks them, against plain SQL
 * over the same acts in what a team would use instead. The plain SQL runs here too, and all answers must be equal. Best of five.
 */
export const part: BenchPart = {
	name: 'peers',
	run: (options) => withCeremonies(options, compare)
};

async function compare({ client, directory, ceremonies }: Made) {
	const csv = join(directory, 'acts.csv');
	await client.command({
		query: `INSERT INTO FUNCTION file({path: String}, 'CSV') ${EXPORT_ACTS}`,
		query_params: { path: csv, project: PROJECT }
	});
	const filters: Filters = {
		...{
			project: PROJECT,
			zone: UTC,
			period: '30d',
			from: shiftDay(today(UTC), -29),
			to: today(UTC)
		},
		...{
			compare: 'none',
			ecosystem: '',
			platform: '',
			browser: '',
			application: '',
			environment: '',
			release: '',
			country: '',
			tagged: '',
			provider: '',
			without: ''
		}
	};
	const asPage: Record<Question, () => Promise<unknown>> = {
		adoption: () => queryAdoptionBreakdown(client, toParameters(filters)),
		funnel: () => readEnrolmentFunnel(client, toParameters(filters), { offers: true })
	};
	const ours = { adoption: await best(asPage.adoption), funnel: await best(asPage.funnel) };
	const asked = questions(filters.from, filters.to);
	const { peers, missing } = await openPeers(directory);
	for (const reason of missing) process.stderr.write(`${reason}\n`);
	const all: Peer[] = [await plainClickHouse(client, csv), ...peers];
	const results = [];
	const answers: Partial<Record<Question, string>> = {};
	for (const peer of all) {
		process.stderr.write(`  ${peer.name}: loading\n`);
		await peer.load(csv);
		for (const question of ['adoption', 'funnel'] as const) {
			const answer = JSON.stringify(await peer.ask(asked[question]));
			answers[question] ??= answer;
			if (answer !== answers[question])
				throw new Error(
					`${peer.name} answers ${question} otherwise: ${answer} instead of ${answers[question]}`
				);
			results.push(
				result({
					name: `peers: ${question} against ${peer.name}`,
					ours: ours[question],
					reference: await best(() => peer.ask(asked[question])),
					unit: 'ms',
					against: `plain SQL over the acts of ${ceremonies.toLocaleString('en')} ceremonies in ${peer.name}`
				})
			);
		}
		await peer.close();
	}
	return results;
}

/** The same table in ClickHouse, without any of our tables' help. */
async function plainClickHouse(client: Made['client'], csv: string): Promise<Peer> {
	await client.command({ query: 'DROP TABLE IF EXISTS acts' });
	return {
		name: 'plain ClickHouse',
		load: async () => {
			await client.command({
				query: `CREATE TABLE acts (user_id Int64, day Date, os LowCardinality(String), act LowCardinality(String)) ENGINE = MergeTree ORDER BY day`
			});
			await client.command({
				query: `INSERT INTO acts SELECT * FROM file({csv: String}, 'CSV', 'user_id Int64, day Date, os String, act String')`,
				query_params: { csv }
			});
		},
		ask: async (query) => {
			const found = await client.query({ query, format: 'JSONCompactEachRow' });
			return (await found.json<unknown[]>()).map((row) => row.map(String));
		},
		close: async () => {
			await client.command({ query: 'DROP TABLE acts' });
		}
	};
}
