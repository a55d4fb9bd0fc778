import { afterAll, beforeAll, expect, it } from 'vitest';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { uuidv7 } from '../testing/sample-events.ts';
import { unknownSignatures } from './unknown-signatures.ts';

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
		...{ event_id: uuidv7(at), occurred_at: `${at}:00.000`, received_at: `${at}:00.000` },
		...fields
	});
	await database.insert([
		failed({ ...odd, ...unknown, browser_name: 'Chrome' }),
		failed({ ...odd, ...unknown, browser_name: 'Firefox' }),
		failed({ ...odd, ...unknown, cause_rule: 'bare-nothing-shown', error_name: 'NotAllowedError' }),
		failed({ ...odd, ...unknown, error_name: 'OldError' }, '2026-01-01 10:00')
	]);
	expect(await unknownSignatures(database.client, {})).toEqual([
		{
			...{ error_name: 'HouseError', error_signature: 'odd', error_code: '', occurrences: 2 },
			...{ browsers: ['Chrome', 'Firefox'], signature_id: '7e199a146a' },
			last_at: `${YESTERDAY}:00.000`
		}
	]);
});
