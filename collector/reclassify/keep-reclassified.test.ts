import { afterAll, beforeAll, expect, test } from 'vitest';
import {
	newestReclassification,
	requestReclassification
} from '../../settings/reclassifications.ts';
import { nameSignature } from '../../settings/signature-names.ts';
import { startTestCollector, uuidV7, type TestCollector } from '../testing/harness.ts';
import { keepReclassified } from './keep-reclassified.ts';

const ODD = { error_name: 'HouseError', error_signature: 'odd', error_code: '' };
const NAME = { cause: 'extension_interfered', confidence: 'likely', note: 'our proxy' };

let collector: TestCollector;
beforeAll(async () => {
	collector = await startTestCollector();
});
afterAll(() => collector.close());

const fail = () =>
	collector.send([
		{
			...{ id: uuidV7(), type: 'ceremony.finished', time_unix_ms: Date.now() },
			...{ ceremony_id: uuidV7(), ceremony_type: 'authentication', request: {} },
			...{ outcome: 'error', elapsed_ms: 4_000, error: { name: 'HouseError', signature: 'odd' } }
		}
	]);
const finished = () =>
	expect
		.poll(() => newestReclassification(collector.settings), { timeout: 20_000 })
		.toMatchObject({ finishedAt: expect.any(Number) });
const causes = () =>
	collector.query<{ cause: string; n: number }>(
		`SELECT cause, toUInt8(count()) AS n FROM ceremonies_v1 WHERE error_name = 'HouseError' GROUP BY cause`
	);

test('a running collector takes a name to the past when asked, and says what moved', async () => {
	await fail();
	await collector.stored();
	expect(await causes()).toEqual([{ cause: 'unknown', n: 1 }]);
	await nameSignature(collector.settings, { ...ODD, ...NAME, author: 'Kim' });
	await requestReclassification(collector.settings, { by: 'Kim' });
	// Taken by a collector that may not have read the name yet.
	await fail();
	await finished();
	expect(await causes()).toEqual([{ cause: 'extension_interfered', n: 2 }]);
	const { moves, written, total, done } = (await newestReclassification(collector.settings))!;
	expect(moves).toMatchObject([
		{ from: 'unknown (possible)', to: 'extension_interfered (likely)', events: written }
	]);
	expect(done).toBe(total);
});

test('what was stopped is told together with the rest', async () => {
	const { settings, client, dataDir } = collector;
	await collector.stop();
	const move = { what: 'cause', from: 'x', to: 'y', events: 7 };
	await settings
		.insertInto('reclassification')
		.values({
			...{ id: 'half', requested_by: '', requested_unix_ms: Date.now() - 60_000, looked: 7 },
			...{ written: 7, moves: JSON.stringify([move]), collector: 'gone', told_unix_ms: 1 }
		})
		.execute();
	await nameSignature(settings, { ...ODD, ...NAME, cause: 'authenticator_error', author: '' });
	const log = () => undefined;
	const keeper = keepReclassified({
		...{ client, settings, database: { dataDir }, collector: 'another', log }
	});
	await finished();
	await keeper.close();
	expect(await newestReclassification(settings)).toMatchObject({
		...{ id: 'half', looked: 9, written: 9, collector: 'another' },
		moves: [move, { from: 'extension_interfered (likely)', events: 2 }]
	});
});
