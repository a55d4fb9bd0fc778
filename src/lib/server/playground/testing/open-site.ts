import { createVerdictSender, type VerdictSender } from '@passlens/sdk/server';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccount, type Account } from '../accounts.ts';
import { openStore, type Store } from '../open-store.ts';
import type { RelyingParty } from '../relying-party.ts';
import { openSession, type Session } from '../sessions.ts';

/** Fields of an event as it arrived; tests look at a few. */
export type ArrivedEvent = Record<string, unknown> & { type: string };

export interface TestSite {
	store: Store;
	relyingParty: RelyingParty;
	session: Session;
	account: Account;
	verdicts: VerdictSender;
	/** Sends what is queued and returns every event that has arrived over HTTP so far. */
	arrived: () => Promise<ArrivedEvent[]>;
	close: () => Promise<void>;
}

/** A relying party on a temporary store, with one account signed in, whose verdicts go to a real HTTP server. */
export async function openSite(): Promise<TestSite> {
	const dataDir = mkdtempSync(join(tmpdir(), 'playground-'));
	const store = await openStore({ dataDir });
	const created = await createAccount(store, { username: 'ada' });
	if (!created.ok) throw new Error(created.message);
	const { account } = created;
	const receiver = await receiveEvents();
	const verdicts = createVerdictSender({ endpoint: receiver.url, serverKey: 'sk_test' });
	return {
		store,
		account,
		verdicts,
		relyingParty: { id: 'localhost', name: 'Test', origin: 'http://localhost:7300' },
		session: await openSession(store, { accountId: account.id }),
		async arrived() {
			await verdicts.flush();
			return receiver.events;
		},
		async close() {
			await verdicts.close();
			await receiver.close();
			await store.destroy();
			rmSync(dataDir, { recursive: true });
		}
	};
}

async function receiveEvents() {
	const events: ArrivedEvent[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const batch = JSON.parse(Buffer.concat(chunks).toString()) as { events: ArrivedEvent[] };
			events.push(...batch.events);
			response.writeHead(202, { 'content-type': 'application/json' });
			response.end(JSON.stringify({ accepted: batch.events.length, refused: [] }));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
	return {
		events,
		url: `http://localhost:${(server.address() as AddressInfo).port}`,
		close: () => {
			server.closeAllConnections();
			return new Promise<void>((resolve) => server.close(() => resolve()));
		}
	};
}
