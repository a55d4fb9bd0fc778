import { afterAll, beforeAll, expect, it } from 'vitest';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { uuidv7 } from '../testing/sample-events.ts';
import { signatureDetail, signatureSamples, unknownSignatures } from './unknown-signatures.ts';

const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 16).replace('T', ' ');
const odd = { error_name: 'HouseError', error_signature: 'odd', client_outcome: 'error' };
const unknown = { cause: 'unknown', cause_confidence: 'possible', cause_rule: '' };

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
});
afterAll(() => database.close());

it('counts the errors no rule knows, not the ones whose cause a rule could not tell, nor old ones', async () => {
	const failed = (fields: object, at = YESTERDAY) => ({
		...{ project_id: 'p', event_type: 'ceremony.finished', ceremony_id: uuidv7(at) },
		ceremony_type: 'authentication',
		...{ event_id: uuidv7(at), occurred_at: `${at}:00.000`, received_at: `${at}:00.000` },
		...fields
	});
	await database.insert([
		failed({ ...odd, ...unknown, browser_name: 'Chrome' }),
		failed({ ...odd, ...unknown, browser_name: 'Firefox', os_name: 'Linux' }),
		failed({ ...odd, ...unknown, browser_name: 'Firefox', os_name: 'Linux', blurred: true }),
		failed({ ...odd, ...unknown, cause_rule: 'bare-nothing-shown', error_name: 'NotAllowedError' }),
		failed({ ...odd, ...unknown, error_name: 'OldError' }, '2026-01-01 10:00')
	]);
	const found = {
		...{ error_name: 'HouseError', error_signature: 'odd', error_code: '', occurrences: 3 },
		...{ clients: ['Firefox on Linux', 'Chrome'], signature_id: '7e199a146a' },
		...{ first_at: `${YESTERDAY}:00.000Z`, last_at: `${YESTERDAY}:00.000Z` }
	};
	const iso = (row: { first_at: string; last_at: string }) => ({
		...row,
		first_at: row.first_at.replace('T', ' '),
		last_at: row.last_at.replace('T', ' ')
	});
	expect((await unknownSignatures(database.client, {})).map(iso)).toEqual([found]);
	const [detail] = await signatureDetail(database.client, { signature_id: '7e199a146a' });
	expect(iso(detail!)).toEqual({
		...{ ...found, unknown_occurrences: 3, projects: ['p'] },
		causes: [{ cause: 'unknown', confidence: 'possible' }]
	});
	const samples = await signatureSamples(database.client, { signature_id: '7e199a146a' });
	expect(
		samples.map(({ browser_name, blurred, hidden }) => [browser_name, blurred, hidden])
	).toEqual(
		expect.arrayContaining([
			['Chrome', null, null],
			['Firefox', true, null],
			['Firefox', null, null]
		])
	);
	expect(await signatureDetail(database.client, { signature_id: '0123456789' })).toEqual([]);
});
