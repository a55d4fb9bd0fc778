import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfiguration } from '../configuration/read-configuration.ts';
import { digestKey, newKey } from '../projects.ts';

export const SERVER_KEY = newKey('sk');
export const NEXT_KEY = newKey('sk');

/** What WHOLE takes from variables. */
export const ENVIRONMENT = {
	SHOP_SERVER_KEY: NEXT_KEY,
	SHOP_SLACK_URL: 'https://hooks.slack.example/services/T0/B0/secret',
	SHOP_PAGERDUTY_KEY: 'R0123456789'
};

/** Everything that a configuration file can say. */
export const WHOLE = `projects:
  - id: shop
    name: Shop
    time_zone: asia/calcutta
    origins: [https://shop.example/, 'http://localhost:3000']
    keys:
      - { kind: ingest, key: pk_shop_public }
      - { kind: ingest, key: pk_shop_staging, environment: staging }
      - kind: server
        sha256: ${digestKey(SERVER_KEY)}
        taken_until: 2999-12-31T00:00:00Z
      - { kind: server, from_environment: SHOP_SERVER_KEY }
    retention: { raw_days: 90, derived_days: 730 }
    privacy: { country: false, tags: [plan, team] }
    rolled_up_tags: [plan]
    trace_url: https://tempo.example/trace/{trace_id}
    trace_services: [shop-api, shop-auth]
    alert_channels:
      - { name: Post, kind: email, target: oncall@shop.example }
      - { name: Own, kind: webhook, target: https://hooks.shop.example/passlens }
      - { name: Chat, kind: slack, target_from_environment: SHOP_SLACK_URL }
      - { name: Pager, kind: pagerduty, secret_from_environment: SHOP_PAGERDUTY_KEY }
  - id: app
tables:
  country: tables/country.mmdb
  aaguids: https://lists.example/aaguids.json
  mds: /srv/mds.jwt
  refresh_hours: 12
  allow_private: false
legacy_classes:
  - { aaguid: 08987058-CADC-4B81-B6E1-30DE50DCBE96, class: none }
  - { aaguid: 11111111-2222-4333-8444-555555555555, class: u2f_key }
legacy_versions: { macos: 13, windows: none }
sign_in:
  name: Acme
  issuer: https://login.acme.example
  client_id: passlens
  client_secret_file: secrets/oidc
  scopes: [openid, email, groups]
  sign_out_there: true
  roles:
    - { group: shop-people, role: analyst, project: shop }
    - { group: admins, role: admin }
streams:
  - name: SIEM
    kind: webhook
    target_from_environment: SHOP_SLACK_URL
    format: lines
    authorization_from_environment: SHOP_PAGERDUTY_KEY
    projects: [shop]
    topics: [ledger_findings, credentials]
  - { name: Files, kind: file, target: siem, topics: [dashboard_audit] }
`;

/** Reads a configuration file with this text. */
export async function readText(
	text: string,
	{
		directory,
		name = 'passlens.config.yaml',
		env = ENVIRONMENT
	}: { directory: string; name?: string; env?: NodeJS.ProcessEnv }
) {
	const path = join(directory, name);
	await writeFile(path, text);
	return readConfiguration({ path, env });
}
