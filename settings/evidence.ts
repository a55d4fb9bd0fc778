import {
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
	type KeyObject
} from 'node:crypto';
import type { Settings } from './open-settings.ts';

/** That evidence was given out: what, when, by whom. */
export interface EvidenceExport {
	/** `YYYY-MM-DD`: as things stood at its end. */
	asOf: string;
	/** SHA-256 of its list of sums, hex: what tells this export from every other. */
	sums: string;
	/** Why; may be empty. */
	note: string;
	/** Who, as they named themselves; may be empty. */
	author: string;
	/** Unix epoch in milliseconds. */
	madeAt: number;
}

/** The key pair that evidence is signed with, Ed25519: one for the whole instance, made when it is first needed. */
export async function evidenceKey(
	settings: Settings
): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
	const privateKey = createPrivateKey((await readKey(settings)) ?? (await makeKey(settings)));
	return { privateKey, publicKey: createPublicKey(privateKey) };
}

async function readKey(settings: Settings): Promise<string | undefined> {
	const row = await settings
		.selectFrom('evidence_key')
		.select('private_key')
		.where('id', '=', 1)
		.executeTakeFirst();
	return row?.private_key;
}

async function makeKey(settings: Settings): Promise<string> {
	const { privateKey } = generateKeyPairSync('ed25519');
	await settings
		.insertInto('evidence_key')
		.values({
			id: 1,
			private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
			created_unix_ms: Date.now()
		})
		// Another process may have made it in this moment: the first one stays.
		.onConflict((conflict) => conflict.column('id').doNothing())
		.execute();
	return (await readKey(settings))!;
}

/** Keeps that evidence was given out. */
export async function recordEvidence(
	settings: Settings,
	{ projectId, asOf, sums, note, author, madeAt }: EvidenceExport & { projectId: string }
): Promise<void> {
	await settings
		.insertInto('evidence_export')
		.values({
			...{ project_id: projectId, as_of: asOf, sums, note, author },
			made_unix_ms: madeAt
		})
		.execute();
}

/** The newest exports of a project, the newest first. */
export async function listEvidence(
	settings: Settings,
	projectId: string
): Promise<EvidenceExport[]> {
	const rows = await settings
		.selectFrom('evidence_export')
		.selectAll()
		.where('project_id', '=', projectId)
		.orderBy('made_unix_ms', 'desc')
		.limit(100)
		.execute();
	return rows.map(({ as_of, sums, note, author, made_unix_ms }) => ({
		...{ asOf: as_of, sums, note, author },
		madeAt: Number(made_unix_ms)
	}));
}
