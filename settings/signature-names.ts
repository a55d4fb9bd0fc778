import { createHash } from 'node:crypto';
import type { Settings } from './open-settings.ts';

/** An error exactly as events carry it; what an event does not say is empty. */
export interface Signature {
	error_name: string;
	error_signature: string;
	error_code: string;
}

/** What an operator called it. */
export interface SignatureName extends Signature {
	cause: string;
	/** `certain`, `likely` or `possible`. */
	confidence: string;
	/** Why, in the operator's words; may be empty. */
	note: string;
	/** Who gave it, as they named themselves; may be empty. */
	author: string;
	/** Unix epoch in milliseconds. */
	namedAt: number;
}

/** The names in force, and how often any of them was changed: the number rises with each change, and never falls. */
export async function readSignatureNames(
	settings: Settings
): Promise<{ revision: number; names: SignatureName[] }> {
	const changes = await settings
		.selectFrom('signature_name')
		.selectAll()
		.orderBy('revision')
		.execute();
	const names = new Map<string, SignatureName>();
	for (const {
		error_name,
		error_signature,
		error_code,
		cause,
		created_unix_ms,
		...rest
	} of changes) {
		const signature = { error_name, error_signature, error_code };
		const { confidence, note, author } = rest;
		if (cause === null) names.delete(signatureKey(signature));
		else
			names.set(signatureKey(signature), {
				...{ ...signature, cause, confidence, note, author },
				namedAt: Number(created_unix_ms)
			});
	}
	return { revision: changes.at(-1)?.revision ?? 0, names: [...names.values()] };
}

/** How often a name was changed. */
export async function readSignatureRevision(settings: Settings): Promise<number> {
	const row = await settings
		.selectFrom('signature_name')
		.select(({ fn }) => fn.max('revision').as('revision'))
		.executeTakeFirst();
	return row?.revision ?? 0;
}

/** Names an error, or renames it. Collectors use it within seconds; `npm run reclassify` takes it to what they took before. */
export async function nameSignature(
	settings: Settings,
	name: Omit<SignatureName, 'namedAt'>
): Promise<void> {
	await append(settings, name);
}

/** Takes a name back. @returns false when the error had none */
export async function forgetSignature(
	settings: Settings,
	{ author, ...signature }: Signature & { author: string }
): Promise<boolean> {
	const { names } = await readSignatureNames(settings);
	if (!names.some((name) => signatureKey(name) === signatureKey(signature))) return false;
	const { error_name, error_signature, error_code } = signature;
	await append(settings, {
		...{ error_name, error_signature, error_code },
		...{ cause: null, confidence: '', note: '', author }
	});
	return true;
}

/** One text for one error. */
export function signatureKey({ error_name, error_signature, error_code }: Signature): string {
	return `${error_name}\n${error_signature}\n${error_code}`;
}

/** Ten hex digits of its SHA-256, as the view `error_signatures_v1` has it. */
export function signatureId(signature: Signature): string {
	return createHash('sha256').update(signatureKey(signature)).digest('hex').slice(0, 10);
}

async function append(
	settings: Settings,
	change: Omit<SignatureName, 'cause' | 'namedAt'> & { cause: string | null }
): Promise<void> {
	await settings.transaction().execute(async (transaction) => {
		const revision = (await readSignatureRevision(transaction)) + 1;
		await transaction
			.insertInto('signature_name')
			.values({ ...change, revision, created_unix_ms: Date.now() })
			.execute();
	});
}
