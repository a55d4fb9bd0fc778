import type { ClickHouseClient } from '@clickhouse/client';
import { createHash, sign } from 'node:crypto';
import { VERSION } from '../../../../sdk/common/version.ts';
import { evidenceKey, recordEvidence } from '../../../../settings/evidence.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { listPolicies } from '../../../../settings/policies.ts';
import { parseFilters, shiftDay } from '../../filters.ts';
import { parsePolicy } from '../../policy/policy.ts';
import type { Query } from '../define-query.ts';
import { answerKpis } from '../kpis/answer-kpis.ts';
import { describeKpi } from '../kpis/describe-kpi.ts';
import { KPI_IDS } from '../kpis/registry.ts';
import { ruleParameters } from '../policies/judge-policy.ts';
import { queryEvidenceCredentials, queryEvidenceVerdicts } from '../queries/evidence-tables.ts';
import { toParameters } from '../queries/filter-sql.ts';
import { queryLedgerFindings, queryLedgerTransitions } from '../queries/ledger-findings.ts';
import { fingerprintOf, KEY_FILE, MANIFEST_FILE, SIGNATURE_FILE, SUMS_FILE } from './layout.ts';

export interface EvidenceRequest {
	client: ClickHouseClient;
	settings: Settings;
	project: { id: string; name: string; timeZone: string };
	/** As things stood at the end of this day, `YYYY-MM-DD`. */
	on: string;
	/** How many days up to then the ledger's findings and the figures are of. */
	days: number;
	author: string;
	note: string;
	now?: Date;
}

export interface Evidence {
	/** By path; `/` between folders. */
	files: Map<string, Buffer>;
	/** SHA-256 of the list of sums, hex. */
	sums: string;
}

/** Rows of findings and changes in a file. */
const MOST_ROWS = 10_000;

/**
 * What an auditor asks for, in one signed set of files: the inventory, who breaks which rule of the policy in force, what the ledger
 * points out, the policy's text with its versions, and every figure with the definition it was made by. Tables are CSV and Parquet
 * by the database's own writers. `SHA256SUMS` names every file; it is signed with the instance's Ed25519 key.
 */
export async function makeEvidence(request: EvidenceRequest): Promise<Evidence> {
	const { settings, project, on, author, note, now = new Date() } = request;
	const files = new Map<string, Buffer>();
	const put = (path: string, content: string | Buffer) => files.set(path, Buffer.from(content));
	const json = (path: string, value: unknown) =>
		put(path, `${JSON.stringify(value, null, '\t')}\n`);
	const period = { from: shiftDay(on, 1 - request.days), to: on };
	const { revision, rules } = await putTables(request, period, put, json);
	const { privateKey, publicKey } = await evidenceKey(settings);
	put(KEY_FILE, publicKey.export({ type: 'spki', format: 'pem' }));
	put('README.txt', README);
	json(MANIFEST_FILE, {
		format: 1,
		project: { id: project.id, name: project.name },
		time_zone: project.timeZone,
		as_of: on,
		period,
		made_at: now.toISOString(),
		made_by: author,
		note,
		made_with: `Passlens ${VERSION}`,
		policy_version: revision,
		rules,
		key_fingerprint: fingerprintOf(publicKey),
		files: [...files].map(([path, content]) => ({
			path,
			bytes: content.length,
			sha256: sha256(content)
		}))
	});
	const sums = [...files].map(([path, content]) => `${sha256(content)}  ${path}\n`).join('');
	put(SUMS_FILE, sums);
	put(SIGNATURE_FILE, sign(null, Buffer.from(sums), privateKey));
	const sumsHash = sha256(Buffer.from(sums));
	await recordEvidence(settings, {
		...{ projectId: project.id, asOf: on, sums: sumsHash, note, author },
		madeAt: now.getTime()
	});
	return { files, sums: sumsHash };
}

type Put = (path: string, content: string | Buffer) => unknown;

async function putTables(
	{ client, settings, project, on }: EvidenceRequest,
	period: { from: string; to: string },
	put: Put,
	json: (path: string, value: unknown) => unknown
) {
	const table = async <Input>(name: string, query: Query<Input, unknown>, input: Input) => {
		put(`${name}.csv`, await query.file(client, input, 'CSVWithNames'));
		put(`${name}.parquet`, await query.file(client, input, 'Parquet'));
	};
	const filters = parseFilters(
		new URLSearchParams({ project: project.id, period: 'custom', ...period, compare: 'none' }),
		{ projects: [project] }
	);
	const common = toParameters(filters);
	await table('credentials', queryEvidenceCredentials, {
		...common,
		...{ sync_state: '', status: '', flags: '', legacy_class: '', search: '' },
		as_of: true
	});
	await table('ledger-findings', queryLedgerFindings, common);
	await table('ledger-changes', queryLedgerTransitions, { ...common, limit: MOST_ROWS });

	const versions = await listPolicies(settings, project.id);
	json('policy/versions.json', versions);
	const [inForce] = versions;
	const parsed = inForce && parsePolicy(inForce.document);
	const policy = parsed && 'policy' in parsed ? parsed.policy : undefined;
	if (inForce) put('policy/in-force.yaml', inForce.document);
	for (const rule of policy?.rules ?? [])
		await table(
			`policy/${rule.id}`,
			queryEvidenceVerdicts,
			ruleParameters(policy!, rule, { project: project.id, zone: project.timeZone, on })
		);

	const { kpis } = await answerKpis({ client, ids: KPI_IDS, filters, trend: false });
	json(
		'figures.json',
		KPI_IDS.map((id) => describeKpi(kpis[id]!))
	);
	return { revision: inForce?.revision ?? null, rules: policy?.rules.map(({ id }) => id) ?? [] };
}

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

const README = `Evidence from Passlens. Users and credentials are keyed hashes: no name, id or key is in it.

manifest.json         what this is: project, day, period, who made it, when and with what, the policy's version, every file with its SHA-256
credentials           every credential as it stood at the end of the day; model_status and model_certification: what FIDO had reported of its model by then, empty: nothing
policy/in-force.yaml  the policy in force when this was made; policy/versions.json: all versions, with who saved each and when
policy/<rule>         everybody the rule is about, with the verdict at the end of the day
ledger-findings       what was forbidden or suspicious in the period; at most 2,000 rows, the newest
ledger-changes        changes of backup flags in the period; at most 10,000 rows, the newest
figures.json          every figure of the period with its definition, numerator, denominator, what it leaves out and its coverage
SHA256SUMS            the SHA-256 of every other file; SHA256SUMS.sig is its Ed25519 signature

To verify, with OpenSSL 3 and coreutils, in this folder:

  openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig
  sha256sum --check --strict SHA256SUMS

Both must say that all is well. Take the public key, or its fingerprint, from whoever runs Passlens by another way than this folder:

  openssl pkey -pubin -in public-key.pem -outform DER | sha256sum

With Passlens at hand: npm run evidence -- verify <folder> --fingerprint <fingerprint>
`;
