import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ref, startTestCollector, uuidV7, type TestCollector } from '../testing/harness.ts';

let collector: TestCollector;
beforeAll(async () => {
	collector = await startTestCollector();
});
afterAll(() => collector.close());

interface Step {
	type: 'registration' | 'authentication';
	/** Seconds from the story's beginning. */
	at: number;
	/** What the server said; left out: nothing. */
	verdict?: { verified: boolean; reason?: string };
	pageUser?: string;
	serverUser?: string;
}

/** Sends each step's end in the page and its verdict a second later, and reads the one credential they are about. */
async function tell(steps: Step[]) {
	const start = Date.now() - 60_000;
	const release = uuidV7();
	const credential = { credential_ref: ref() };
	const page: object[] = [];
	const server: object[] = [];
	for (const { type, at, verdict, pageUser, serverUser } of steps) {
		const ceremony = { ceremony_id: uuidV7(), ceremony_type: type, release };
		const time_unix_ms = start + at * 1_000;
		page.push({
			...ceremony,
			id: uuidV7(),
			type: 'ceremony.finished',
			time_unix_ms,
			request: {},
			outcome: 'succeeded',
			elapsed_ms: 5,
			credential,
			user_ref: pageUser
		});
		if (verdict)
			server.push({
				...ceremony,
				...verdict,
				id: uuidV7(),
				type: 'ceremony.verdict',
				time_unix_ms: time_unix_ms + 1_000,
				credential,
				user_ref: serverUser
			});
	}
	await collector.send(page);
	if (server.length > 0) await collector.send(server, { as: 'server' });
	await collector.stored();
	const hash = `(SELECT any(credential_hash) FROM events_raw_v1 WHERE release = '${release}')`;
	const [row] = await collector.query<{ status: string; used: number | null; user: string }>(
		`SELECT status, toInt32(toUnixTimestamp64Milli(last_used_at) - ${start}) AS used, user_hash AS user
		FROM credentials_v1 WHERE credential_hash = ${hash}`
	);
	return row!;
}

const OK = { verified: true };
const UNKNOWN = { verified: false, reason: 'credential_unknown' };
const FORGED = { verified: false, reason: 'signature_invalid' };

describe('a credential of which the server said', () => {
	test.each<[said: string, steps: Step[], status: string, usedMs: number | null]>([
		['nothing', [{ type: 'authentication', at: 1 }], 'active', 1_000],
		[
			'only that its registration is right: the page’s word on sign-ins counts',
			[
				{ type: 'registration', at: 1, verdict: OK },
				{ type: 'authentication', at: 5 }
			],
			'active',
			5_000
		],
		[
			'yes, and later no to a sign-in: that one was no use',
			[
				{ type: 'authentication', at: 1, verdict: OK },
				{ type: 'authentication', at: 9, verdict: FORGED }
			],
			'active',
			2_000
		],
		[
			'that it does not know it',
			[{ type: 'authentication', at: 1, verdict: UNKNOWN }],
			'refused',
			null
		],
		[
			'at last that it does not know it any more',
			[
				{ type: 'registration', at: 1, verdict: OK },
				{ type: 'authentication', at: 5, verdict: OK },
				{ type: 'authentication', at: 9, verdict: UNKNOWN }
			],
			'revoked',
			6_000
		],
		[
			'that it does not know it, and then took it after all',
			[
				{ type: 'authentication', at: 1, verdict: UNKNOWN },
				{ type: 'authentication', at: 5, verdict: OK }
			],
			'active',
			6_000
		],
		[
			'no to its registration',
			[
				{
					type: 'registration',
					at: 1,
					verdict: { verified: false, reason: 'attestation_rejected' }
				}
			],
			'refused',
			null
		]
	])('%s', async (_, steps, status, used) => {
		expect(await tell(steps)).toMatchObject({ status, used });
	});
});

test('whom the server verified outweighs whom the page thought it had, in the ledger and in the ceremony', async () => {
	const [ann, bob] = [ref(), ref()];
	const [annAlone, bobAlone] = [
		await tell([{ type: 'registration', at: 1, pageUser: ann }]),
		await tell([{ type: 'registration', at: 1, pageUser: bob }])
	];
	expect(annAlone.user).not.toBe(bobAlone.user);
	for (const [page, server, owner] of [
		[ann, bob, bobAlone.user],
		[bob, ann, annAlone.user]
	] as const) {
		const told = await tell([
			{ type: 'authentication', at: 1, verdict: OK, pageUser: page, serverUser: server }
		]);
		expect(told.user).toBe(owner);
		expect(
			await collector.query(
				`SELECT toUInt8(count()) AS n FROM ceremonies_v1 WHERE user_hash = ${owner} AND verified`
			)
		).toEqual([{ n: 1 }]);
	}
});
