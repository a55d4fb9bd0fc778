import { SettingsService } from '@simplewebauthn/server';
import { verifyMDSBlob } from '@simplewebauthn/server/helpers';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { TableError, type TableKind } from './table.ts';

/** What the FIDO Metadata Service says of an authenticator model. */
export interface AuthenticatorModel {
	description: string;
	/** The newest status that says something of its safety or its certification, as MDS names it. */
	status: string;
	/** `YYYY-MM-DD`, empty when MDS does not say. */
	statusSince: string;
	/** The highest certification it has, such as `FIDO_CERTIFIED_L2`; empty: none. */
	certification: string;
	/** A security key or another authenticator that is not part of the device. */
	roaming: boolean;
	/** Number of the blob that says so. */
	blobNumber: number;
}

const status = z.object({ status: z.string().max(64), effectiveDate: z.string().optional() });

/** What is read of an entry, held to what we keep: the library verifies who signed it, not what it says. */
const entrySchema = z.object({
	aaguid: z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
	metadataStatement: z
		.object({
			description: z.string().trim().max(400),
			attachmentHint: z.array(z.string()).optional()
		})
		.optional(),
	statusReports: z.array(status)
});

type Status = z.infer<typeof status>;

/** Checking may ask for lists of revoked certificates, and a list may not answer. */
const VERIFY_MS = 30_000;

/**
 * The blob of the FIDO Metadata Service (version 3), verified: its certificates must lead to the root, none may be revoked,
 * and the blob must be signed by the first.
 *
 * @param rootFile path of the PEM certificate that the blob's must lead to; FIDO's own root when left out
 */
export function mdsBlob(rootFile?: string): TableKind<ReadonlyMap<string, AuthenticatorModel>> {
	return {
		name: 'mds',
		maxBytes: 64 * 1_048_576,
		async parse(bytes) {
			if (rootFile) await trust(rootFile);
			const { no, nextUpdate, entries } = await verify(bytes.toString('utf8').trim());
			const value = new Map<string, AuthenticatorModel>();
			for (const given of entries) {
				const parsed = entrySchema.safeParse(given);
				// FIDO U2F and UAF models have no AAGUID.
				if (!parsed.success) continue;
				const { aaguid, metadataStatement, statusReports } = parsed.data;
				value.set(aaguid.toLowerCase(), {
					description: metadataStatement?.description ?? '',
					...summarise(statusReports),
					roaming: isRoaming(metadataStatement?.attachmentHint),
					blobNumber: no
				});
			}
			return {
				value,
				version: `no ${no}`,
				entries: value.size,
				nextUpdate: Date.parse(nextUpdate)
			};
		}
	};
}

/** The library keeps its roots for the whole process. */
async function trust(rootFile: string): Promise<void> {
	const pem = await readFile(rootFile, 'utf8').catch((cause: unknown) => {
		throw new TableError('not_trusted', `The root certificate ${rootFile} cannot be read.`, {
			cause
		});
	});
	SettingsService.setRootCertificates({ identifier: 'mds', certificates: [pem] });
}

async function verify(blob: string) {
	const { promise: tooLate, reject } = Promise.withResolvers<never>();
	const timer = setTimeout(() => reject(new Error('it could not be checked in time')), VERIFY_MS);
	try {
		const { payload } = await Promise.race([verifyMDSBlob(blob), tooLate]);
		return payload;
	} catch (cause) {
		const why = cause instanceof Error ? cause.message : String(cause);
		throw new TableError('not_trusted', `The blob is not one that can be trusted: ${why}.`, {
			cause
		});
	} finally {
		clearTimeout(timer);
	}
}

/** Oldest to newest, as MDS orders them by date; undated ones keep their place. */
function summarise(reports: readonly Status[]) {
	const telling = reports.filter(({ status }) => status !== 'UPDATE_AVAILABLE');
	const newest = telling.at(-1);
	const certified = telling.map(({ status }) => status).filter((name) => CERTIFIED.test(name));
	return {
		status: newest?.status ?? '',
		statusSince: /^\d{4}-\d{2}-\d{2}$/.test(newest?.effectiveDate ?? '')
			? newest!.effectiveDate!
			: '',
		certification: certified.sort(byLevel).at(-1) ?? ''
	};
}

const CERTIFIED = /^FIDO_CERTIFIED(_L\d(plus)?)?$/;

/** `FIDO_CERTIFIED` is what Level 1 was called before there were levels; "plus" is above its level. */
function byLevel(a: string, b: string): number {
	const level = (name: string) =>
		Number(/_L(\d)/.exec(name)?.[1] ?? 1) + (name.endsWith('plus') ? 0.5 : 0);
	return level(a) - level(b);
}

function isRoaming(hints: readonly string[] | undefined): boolean {
	return hints !== undefined && hints.length > 0 && !hints.includes('internal');
}
