import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMdsAuthority, type MdsAuthority } from '../testing/sign-mds-blob.ts';
import { mdsBlob, type AuthenticatorModel } from './mds-blob.ts';

const AAGUID = 'c5ef55ff-ad9a-4b9f-b580-adebafe026d0';
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
		status: 'FIDO_CERTIFIED_L1',
		statusSince: '2025-01-01',
		certification: 'FIDO_CERTIFIED_L1',
		roaming: true,
		blobNumber: 77
	} satisfies AuthenticatorModel);
});

test.each([
	[['FIDO_CERTIFIED', 'REVOKED'], 'REVOKED', 'FIDO_CERTIFIED'],
	[['FIDO_CERTIFIED_L2', 'FIDO_CERTIFIED_L1plus'], 'FIDO_CERTIFIED_L1plus', 'FIDO_CERTIFIED_L2'],
	[['USER_VERIFICATION_BYPASS', 'UPDATE_AVAILABLE'], 'USER_VERIFICATION_BYPASS', ''],
	[['NOT_FIDO_CERTIFIED'], 'NOT_FIDO_CERTIFIED', ''],
	[[], '', '']
])(
	'after %j its status is "%s", its certification "%s"',
	async (reports, status, certification) => {
		const { value } = await read(await blobOf([entry(reports)]));
		expect(value.get(AAGUID)).toMatchObject({ status, certification });
	}
);

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

	test.each(['', '{}', 'a.b.c', '<html></html>'])('"%s"', async (text) => {
		await expect(read(text)).rejects.toMatchObject({ code: 'not_trusted' });
	});

	test('everything, when the root certificate is not there', async () => {
		const kind = mdsBlob(join(directory, 'none.pem'));
		await expect(kind.parse(Buffer.from(await blobOf([])))).rejects.toThrow(/cannot be read/);
	});
});
