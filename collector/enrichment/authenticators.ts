import { findBuiltInProvider, PROVIDERS, ZERO_AAGUID, type Provider } from '../domain/providers.ts';
import type { ListedProvider } from './aaguid-list.ts';
import type { AuthenticatorModel } from './mds-blob.ts';

export interface AuthenticatorSources {
	listed: ReadonlyMap<string, ListedProvider> | undefined;
	models: ReadonlyMap<string, AuthenticatorModel> | undefined;
}

/**
 * Whom an AAGUID names. The operator's list has the last word on the name, then our own table, then what the Metadata Service
 * calls the model; a virtual authenticator stays one. Undefined for an unknown AAGUID, and for zero, which means unknown.
 */
export function nameProvider(
	aaguid: string | undefined,
	{ listed, models }: AuthenticatorSources
): Provider | undefined {
	if (aaguid === undefined || aaguid === ZERO_AAGUID) return undefined;
	const builtIn = findBuiltInProvider(aaguid);
	if (builtIn?.test) return builtIn;
	const item = listed?.get(aaguid);
	const model = models?.get(aaguid);
	const name = item?.name ?? builtIn?.name ?? model?.description;
	if (!name) return undefined;
	return {
		name,
		ecosystem:
			item?.ecosystem ?? builtIn?.ecosystem ?? (model?.roaming ? 'security_key' : undefined)
	};
}

/** One row of `authenticators_state_v1` for each AAGUID that any source tells of. */
export function listAuthenticators(sources: AuthenticatorSources): Record<string, unknown>[] {
	const { listed, models } = sources;
	const aaguids = new Set([
		...Object.keys(PROVIDERS),
		...(listed?.keys() ?? []),
		...(models?.keys() ?? [])
	]);
	aaguids.delete(ZERO_AAGUID);
	return [...aaguids].sort().map((aaguid) => {
		const provider = nameProvider(aaguid, sources);
		const item = listed?.get(aaguid);
		const model = models?.get(aaguid);
		const named_by =
			item && !provider?.test ? 'aaguids' : findBuiltInProvider(aaguid) ? 'passlens' : 'mds';
		return {
			aaguid,
			name: provider?.name ?? '',
			named_by,
			ecosystem: provider?.ecosystem ?? '',
			test: provider?.test ?? false,
			icon_light: item?.iconLight ?? '',
			icon_dark: item?.iconDark ?? '',
			description: model?.description ?? '',
			status_changed_on: model?.statusChangedOn || null,
			mds_number: model?.blobNumber ?? 0
		};
	});
}

/** One row of `authenticator_reports_state_v1` for each report that the Metadata Service has of a model; undefined: no blob was read. */
export function listStatusReports(
	models: AuthenticatorSources['models']
): Record<string, string>[] | undefined {
	return (
		models &&
		[...models].flatMap(([aaguid, { reports }]) =>
			reports.map((report) => ({
				aaguid,
				status: report.status,
				effective_date: report.effectiveDate,
				authenticator_version: report.authenticatorVersion,
				certificate_number: report.certificateNumber,
				certification_descriptor: report.certificationDescriptor,
				certification_policy_version: report.certificationPolicyVersion,
				certification_requirements_version: report.certificationRequirementsVersion
			}))
		)
	);
}
