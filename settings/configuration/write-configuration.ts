import { stringify } from 'yaml';
import { listAlertChannels, PAGERDUTY_URL, type AlertChannel } from '../alert-channels.ts';
import { EVERY_PROJECT } from '../access/people.ts';
import { readSignInProvider, type SignInProvider } from '../access/sign-in-provider.ts';
import type { Settings } from '../open-settings.ts';
import { readLegacyModels } from '../legacy-rules.ts';
import { readLegacyVersions } from '../legacy-versions.ts';
import { listPrivacy, type Privacy } from '../privacy.ts';
import { listRetention } from '../retention.ts';
import { listRolledUpTags } from '../rolled-up-tags.ts';
import { listStreams, type Stream } from '../streams.ts';
import { readTableSettings } from '../table-sources.ts';
import { UTC } from '../time-zones.ts';
import {
	OWN_PROJECTS,
	type Configuration,
	type ConfiguredChannel,
	type ConfiguredKey,
	type ConfiguredProject,
	type ConfiguredSignIn
} from './configuration.ts';
import type { ConfiguredStream } from './configured-stream.ts';

/**
 * The settings, or one project's, as a configuration file that would change nothing: the way from the page to a file. Server
 * keys stand in it as their hashes, and what alerts are addressed or signed with as the names of variables that are to hold it.
 */
export async function writeConfiguration(
	settings: Settings,
	{ projectId }: { projectId?: string } = {}
): Promise<string> {
	const [
		projects,
		origins,
		keys,
		links,
		services,
		retention,
		privacy,
		tags,
		channels,
		rules,
		versions,
		streams
	] = await Promise.all([
		settings
			.selectFrom('project')
			.select(['id', 'name', 'time_zone'])
			.orderBy('created_unix_ms')
			.execute(),
		settings.selectFrom('project_origin').selectAll().execute(),
		settings.selectFrom('project_key').selectAll().orderBy('created_unix_ms').execute(),
		settings.selectFrom('project_trace_link').selectAll().execute(),
		settings.selectFrom('project_trace_service').selectAll().orderBy('service').execute(),
		listRetention(settings),
		listPrivacy(settings),
		listRolledUpTags(settings),
		listAlertChannels(settings),
		readLegacyModels(settings),
		readLegacyVersions(settings),
		listStreams(settings)
	]);
	const provider = await readSignInProvider(settings);
	const now = Date.now();
	const valid = keys.filter(({ revoked_unix_ms: end }) => end === null || Number(end) > now);
	const configuration: Configuration = {
		projects: projects
			.filter(({ id }) => (projectId === undefined ? !OWN_PROJECTS.includes(id) : id === projectId))
			.map(({ id, name, time_zone }) => {
				const own = <Row extends { project_id: string }>(rows: Row[]) =>
					rows.filter(({ project_id }) => project_id === id);
				const { rawDays, derivedDays } = retention.get(id) ?? {};
				const kept = own(valid).map(writeKey);
				const named = own(services).map(({ service }) => service);
				return {
					...{ id, name },
					...(time_zone !== UTC && { time_zone }),
					origins: own(origins).map(({ origin }) => origin),
					...(kept.length > 0 && { keys: kept }),
					...(retention.has(id) && { retention: { raw_days: rawDays, derived_days: derivedDays } }),
					...writePrivacy(privacy.get(id)),
					...(tags.has(id) && { rolled_up_tags: tags.get(id) }),
					...Object.fromEntries(own(links).map(({ trace_url }) => ['trace_url', trace_url])),
					...(named.length > 0 && { trace_services: named }),
					...writeChannels(channels.filter(({ projectId: project }) => project === id))
				};
			})
	};
	if (projectId === undefined && rules.size > 0)
		configuration.legacy_classes = [...rules].map(([aaguid, name]) => ({
			aaguid,
			class: name || 'none'
		}));
	if (projectId === undefined && Object.keys(versions).length > 0)
		configuration.legacy_versions = versions;
	const tables = await readTableSettings(settings);
	if (projectId === undefined && Object.keys(tables).length > 0) configuration.tables = tables;
	if (projectId === undefined && provider) configuration.sign_in = writeProvider(provider);
	if (projectId === undefined && streams.length > 0)
		configuration.streams = streams.map(writeStream);
	return stringify(configuration, { lineWidth: 0 });
}

function writePrivacy(privacy: Privacy | undefined): Pick<ConfiguredProject, 'privacy'> {
	if (!privacy) return {};
	const { consentFirst: consent_first, ...kept } = privacy;
	return { privacy: { ...kept, consent_first } };
}

function writeProvider({
	name,
	issuer,
	clientId,
	roles,
	...provider
}: SignInProvider): ConfiguredSignIn {
	return {
		...{ name, issuer, client_id: clientId },
		...(provider.secretVariable && { client_secret_from_environment: provider.secretVariable }),
		...(provider.secretFile && { client_secret_file: provider.secretFile }),
		...{ scopes: provider.scopes, groups_claim: provider.groupsClaim },
		roles: roles.map(({ group, role, projectId }) => ({
			...{ group, role, ...(projectId !== EVERY_PROJECT && { project: projectId }) }
		})),
		...{ without_group: provider.withoutGroup, allow_private: provider.allowPrivate },
		...(provider.signOutThere && { sign_out_there: true })
	};
}

function writeKey(row: {
	kind: 'ingest' | 'server';
	key: string;
	environment: string | null;
	revoked_unix_ms: number | null;
}): ConfiguredKey {
	const { kind, key, environment, revoked_unix_ms: end } = row;
	return {
		kind,
		...(kind === 'ingest' ? { key } : { sha256: key }),
		...(environment !== null && { environment }),
		...(end !== null && { taken_until: new Date(Number(end)).toISOString() })
	};
}

function writeChannels(channels: AlertChannel[]): { alert_channels?: ConfiguredChannel[] } {
	return channels.length > 0 ? { alert_channels: channels.map(writeChannel) } : {};
}

/** Whoever has the address of Slack's or of a webhook can post there: it may be as secret as a key. */
function writeChannel({ projectId, name, kind, target }: AlertChannel): ConfiguredChannel {
	if (kind === 'email') return { name, kind, target };
	const prefix = variableOf(`${projectId} ${name}`);
	return {
		...{ name, kind },
		...(target !== PAGERDUTY_URL && { target_from_environment: `${prefix}_TARGET` }),
		...(kind !== 'slack' && { secret_from_environment: `${prefix}_SECRET` })
	};
}

/** Its secrets, and the address where there is one, as variables that are to hold them. */
function writeStream(stream: Stream): ConfiguredStream {
	const { name, kind, target, format, authorization, projects, topics } = stream;
	const prefix = variableOf(`stream ${name}`);
	return {
		...{ name, kind },
		...(kind === 'file' ? { target } : { target_from_environment: `${prefix}_TARGET` }),
		...(kind === 'webhook' && { format, secret_from_environment: `${prefix}_SECRET` }),
		...(authorization && { authorization_from_environment: `${prefix}_AUTHORIZATION` }),
		...(projects.length > 0 && { projects }),
		topics
	};
}

/** `SHOP_ON_CALL`, of whatever was typed. */
function variableOf(text: string): string {
	const words = text.toUpperCase().match(/[A-Z0-9]+/g) ?? [];
	return words.join('_').replace(/^(?=\d)/, '_') || 'CHANNEL';
}
