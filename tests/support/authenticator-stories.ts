import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMdsAuthority } from '../../collector/testing/sign-mds-blob.ts';
import { writeMmdb } from '../../collector/testing/write-mmdb.ts';
import { uuidV7 } from '../../sdk/common/uuid-v7.ts';
import { openPage } from './figures.ts';
import { LISTED, type PageStage } from './page-stage.ts';
import type { Passlens } from './passlens.ts';
import { sendEvents } from './send-events.ts';
import { violations } from './violations.ts';

const AAGUID = '11111111-2222-4333-8444-555555555555';

/** What pages tell of an authenticator from the operator's tables, with the data of `pages.test.ts`. */
export function describeAuthenticatorStories(stage: () => PageStage): void {
	describe('an authenticator in the operator’s tables', () => {
		it('comes from where the environment says, which the collector page shows and does not change', async () => {
			const text = await stage().fetchText('/collector');
			for (const variable of ['PASSLENS_COUNTRY_FILE', 'PASSLENS_AAGUIDS', 'PASSLENS_MDS'])
				expect(text).toContain(`data-set-by-variable="${variable}"`);
			expect(text).toMatch(/signature verified up to the root that PASSLENS_MDS_ROOT names/);
			expect(text).toContain('The next is due 1 Dec.');
		});

		it('has its icon, which runs nothing, and what FIDO says of it, on the list and on its page', async () => {
			const { page, trouble, close } = await stage().openWindow();
			await openPage(page, `${stage().passlens.url}/credentials?project=${LISTED}`);
			const icon = page.locator('main img:visible');
			await expect
				.poll(() => icon.evaluate((image: HTMLImageElement) => image.naturalWidth))
				.toBe(24);
			expect(await page.locator('main').innerText()).toMatch(/Acme Keys\s+Revoked/);
			await page.locator('main [data-credential] a').click();
			await page.getByRole('region', { name: 'What it is' }).waitFor();
			expect(await page.locator('[data-fact="REVOKED"]').innerText()).toMatch(
				/^Revoked since 3 Feb/
			);
			expect(await page.locator('[data-fact="FIDO_CERTIFIED_L2"]').innerText()).toMatch(/level 2/);
			expect(await page.evaluate(() => '__pwned' in window)).toBe(false);
			expect(await violations(page)).toEqual([]);
			expect(trouble).toEqual([]);

			const file = `${stage().passlens.url}/authenticators/${AAGUID}/icon`;
			const response = await page.goto(file);
			expect(response!.headers()).toMatchObject({
				'content-type': 'image/svg+xml',
				'content-security-policy': expect.stringMatching(/default-src 'none'.*sandbox/)
			});
			expect(await page.evaluate(() => '__pwned' in window)).toBe(false);
			expect((await stage().passlens.fetch(`/authenticators/${randomUUID()}/icon`)).status).toBe(
				404
			);
			await close();
		});
	});
}

/**
 * A file of countries, the operator's list, with an icon that would run if it could, and metadata that takes a certification back.
 *
 * @returns their folder; the environment names them to whatever starts next
 */
export async function supplyTables(): Promise<string> {
	const tables = await mkdtemp(join(tmpdir(), 'passlens-tables-'));
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"><script>window.__pwned=1</script><rect width="24" height="24"/></svg>`;
	const icon_light = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
	const authority = await createMdsAuthority();
	const statusReports = [
		{ status: 'FIDO_CERTIFIED_L2', effectiveDate: '2024-02-03' },
		{ status: 'REVOKED', effectiveDate: '2026-02-03' }
	];
	const entries = [{ aaguid: AAGUID, metadataStatement: { description: 'A key' }, statusReports }];
	const home = { country: { iso_code: 'NL' } };
	const networks = [
		{ address: '127.0.0.0', prefix: 8, data: home },
		{ address: '0:0:0:0:0:0:0:1', prefix: 128, data: home }
	];
	const files: [variable: string, name: string, content: string | Buffer][] = [
		['PASSLENS_COUNTRY_FILE', 'country.mmdb', writeMmdb({ networks })],
		[
			'PASSLENS_AAGUIDS',
			'list.json',
			JSON.stringify({ [AAGUID]: { name: 'Acme Keys', icon_light } })
		],
		[
			'PASSLENS_MDS',
			'blob.jwt',
			await authority.sign({ no: 3, nextUpdate: '2026-12-01', entries })
		],
		['PASSLENS_MDS_ROOT', 'root.pem', authority.root]
	];
	for (const [variable, name, content] of files) {
		await writeFile(join(tables, name), content);
		process.env[variable] = join(tables, name);
	}
	return tables;
}

/** Registers a passkey that those tables tell of. */
export async function registerListed(
	passlens: Pick<Passlens, 'collectorUrl'>,
	key: string
): Promise<void> {
	const credential = {
		...{ credential_ref: randomBytes(32).toString('base64url'), aaguid: AAGUID },
		...{ authenticator_attachment: 'cross-platform' as const, transports: ['usb' as const] },
		...{ backup_eligible: false, backup_state: false }
	};
	const answer = await sendEvents({
		passlens,
		key,
		events: [
			{
				...{ id: uuidV7(), type: 'ceremony.finished', time_unix_ms: Date.now() },
				...{ ceremony_id: uuidV7(), ceremony_type: 'registration', request: {} },
				...{ outcome: 'succeeded', elapsed_ms: 900, credential }
			}
		]
	});
	expect(answer).toMatchObject({ status: 202, receipt: { accepted: 1 } });
}
