import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMdsAuthority, type MdsAuthority } from '../testing/sign-mds-blob.ts';
import { mdsBlob, type AuthenticatorModel, type StatusReport } from './mds-blob.ts';

const AAGUID = 'c5ef55ff-ad9a-4b9f-b580-adebafe026d0';
const UNTOLD: StatusReport = {
	...{ status: '', effectiveDate: '', authenticatorVersion: '', certificateNumber: '' },
	...{ certificationDescriptor: '', certificationPolicyVersion: '' },
	certificationRequirementsVersion: ''
};
let directory: string;
let authority: MdsAuthority;
let rootFile: string;
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'passlens-mds-'));
	authority = await createMdsAuthority();
	rootFile = join(directory, 'root.pem');
	await writeFile(rootFile, authority.root);
});
afterAll(() => rm(directory, { recursive: true }));

const blobOf = (entries: unknown[]) =>
	authority.sign({ no: 77, nextUpdate: '2026-12-01', entries });
const read = async (blob: string) => mdsBlob(rootFile).parse(Buffer.from(blob));

function entry(
	statuses: string[],
	statement: object = { description: 'A key', attachmentHint: ['external', 'wired'] }
) {
	return {
		aaguid: AAGUID.toUpperCase(),
		metadataStatement: statement,
		timeOfLastStatusChange: '2025-02-01',
		statusReports: statuses.map((status, at) => ({ status, effectiveDate: `2025-0${at + 1}-01` }))
	};
}

test('a blob signed under the root is read, with its number and the day of the next', async () => {
	const u2f = { attestationCertificateKeyIdentifiers: ['a'], statusReports: [] };
	const { value, ...about } = await read(await blobOf([entry(['FIDO_CERTIFIED_L1']), u2f]));
	expect(about).toEqual({
		version: 'no 77',
		entries: 1,
		nextUpdate: Date.UTC(2026, 11, 1)
	});
	expect(value.get(AAGUID)).toEqual({
		description: 'A key',
		reports: [{ ...UNTOLD, status: 'FIDO_CERTIFIED_L1', effectiveDate: '2025-01-01' }],
		statusChangedOn: '2025-02-01',
		roaming: true,
		blobNumber: 77
	} satisfies AuthenticatorModel);
});

test('every report is read with what it says of the certification; what is of no known form is not told, and the report is', async () => {
	const certified = {
		...{ status: 'FIDO_CERTIFIED_L1', effectiveDate: '2025-01-01', authenticatorVersion: 5 },
		...{ certificateNumber: 'FIDO20020190826001', certificationDescriptor: 'A key' },
		...{ certificationPolicyVersion: '1.3.7', certificationRequirementsVersion: '1.4' }
	};
	const odd = {
		...{ status: 'REVOKED', effectiveDate: '2025-02-30', authenticatorVersion: 'five' },
		...{ certificateNumber: 7, url: 'https://example.com' }
	};
	const { value } = await read(
		await blobOf([{ ...entry([]), statusReports: [certified, odd, { status: 'NEW_ONE' }] }])
	);
	expect(value.get(AAGUID)?.reports).toEqual([
		{ ...certified, authenticatorVersion: '5' },
		{ ...UNTOLD, status: 'REVOKED' },
		{ ...UNTOLD, status: 'NEW_ONE' }
	]);
});

test('a platform’s own authenticator is not taken for a security key', async () => {
	const { value } = await read(
		await blobOf([entry([], { description: 'x', attachmentHint: ['internal'] })])
	);
	expect(value.get(AAGUID)?.roaming).toBe(false);
});

describe('refused is', () => {
	test('a blob whose content was changed', async () => {
		const [header, , signature] = (await blobOf([])).split('.');
		const other = Buffer.from(
			JSON.stringify({ no: 78, nextUpdate: '2026-12-01', entries: [] })
		).toString('base64url');
		await expect(read([header, other, signature].join('.'))).rejects.toMatchObject({
			code: 'not_trusted',
			message: expect.stringContaining('signature')
		});
	});

	test('a blob signed under another root, FIDO’s own included', async () => {
		const stranger = await createMdsAuthority();
		const blob = await stranger.sign({ no: 1, nextUpdate: '2026-12-01', entries: [] });
		await expect(read(blob)).rejects.toMatchObject({ code: 'not_trusted' });
	});

	test.each(['', '{}', 'a.b.c', 'secret', '<html></html>'])('"%s"', async (text) => {
		await expect(read(text)).rejects.toMatchObject({
			code: 'not_such_a_table',
			message: expect.stringMatching(/^This is no metadata of FIDO: /)
		});
	});

	test('everything, when the root certificate is not there', async () => {
		const kind = mdsBlob(join(directory, 'none.pem'));
		await expect(kind.parse(Buffer.from(await blobOf([])))).rejects.toThrow(/cannot be read/);
	});
});
