import { SettingsService } from '@simplewebauthn/server';
import { verifyMDSBlob } from '@simplewebauthn/server/helpers';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { TableError, type TableKind } from './table.ts';

/** What the FIDO Metadata Service says of an authenticator model. */
export interface AuthenticatorModel {
	description: string;
	/** Everything it reports of the model's safety and certification, in no order that means anything. */
	reports: StatusReport[];
	/** `YYYY-MM-DD`: when MDS last changed those, as it says; empty when it does not. */
	statusChangedOn: string;
	/** A security key or another authenticator that is not part of the device. */
	roaming: boolean;
	/** Number of the blob that says so. */
	blobNumber: number;
}

/** What the service reports of a model once: a status, and what it says of the certification behind it. What is not told is empty. */
export interface StatusReport {
	/** As MDS names it. */
	status: string;
	/** `YYYY-MM-DD`; empty: it counts while it is there. */
	effectiveDate: string;
	/** Firmware it is about. */
	authenticatorVersion: string;
	certificateNumber: string;
	certificationDescriptor: string;
	certificationPolicyVersion: string;
	certificationRequirementsVersion: string;
}

/** What is not of the expected form is not told: an odd certificate number must not cost a revocation. */
const told = z.string().trim().max(400).catch('');
const day = z.iso.date().catch('');

const report = z.object({
	status: z.string().max(64),
	effectiveDate: day,
	authenticatorVersion: z.coerce.string().regex(/^\d+$/).catch(''),
	certificateNumber: told,
	certificationDescriptor: told,
	certificationPolicyVersion: told,
	certificationRequirementsVersion: told
}) satisfies z.ZodType<StatusReport>;

/** What is read of an entry, held to what we keep: the library verifies who signed it, not what it says. */
const entrySchema = z.object({
	aaguid: z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
	metadataStatement: z
		.object({
			description: z.string().trim().max(400),
			attachmentHint: z.array(z.string()).optional()
		})
		.optional(),
	statusReports: z.array(report),
	timeOfLastStatusChange: day
});

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
				const { aaguid, metadataStatement, statusReports, timeOfLastStatusChange } = parsed.data;
				value.set(aaguid.toLowerCase(), {
					description: metadataStatement?.description ?? '',
					reports: statusReports,
					statusChangedOn: timeOfLastStatusChange,
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

/** Header, payload and signature. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

async function verify(blob: string) {
	const { promise: tooLate, reject } = Promise.withResolvers<never>();
	const timer = setTimeout(() => reject(new Error('it could not be checked in time')), VERIFY_MS);
	try {
		const { payload } = await Promise.race([verifyMDSBlob(blob), tooLate]);
		return payload;
	} catch (cause) {
		// What the parser says of it would quote it, whoever's it is.
		if (cause instanceof SyntaxError || !JWT.test(blob))
			throw new TableError(
				'not_such_a_table',
				'This is no metadata of FIDO: a signed blob is expected, as https://mds3.fidoalliance.org gives it.',
				{ cause }
			);
		const why = cause instanceof Error ? cause.message : String(cause);
		throw new TableError('not_trusted', `The blob is not one that can be trusted: ${why}.`, {
			cause
		});
	} finally {
		clearTimeout(timer);
	}
}

function isRoaming(hints: readonly string[] | undefined): boolean {
	return hints !== undefined && hints.length > 0 && !hints.includes('internal');
}
