import { BUILT_IN_RULES, type LegacyRules } from '../../settings/legacy-rules.ts';
import {
	classifyFailure,
	CLASSIFIER_VERSION,
	type Classification,
	type Failure
} from '../domain/classify-failure.ts';
import { findBuiltInProvider, type Provider } from '../domain/providers.ts';

/** What the collector knows beside the events: asked for each event anew, so a refreshed table counts at once. */
export interface Knowledge {
	/** ISO 3166-1 alpha-2 code of an address's country; empty when unknown. */
	findCountry(address: string): string;
	/** The provider an AAGUID claims; undefined for an unknown one, and for zero, which means unknown. */
	findProvider(aaguid: string | undefined): Provider | undefined;
	/** Whose device-bound credentials are legacy, by model and by system and version. */
	legacyRules(): LegacyRules;
	/** The probable cause of a failure. */
	classify(failure: Failure): Classification;
	/** Of the rules that `classify` asks: our own version and the number of changes the operator made, added up, so it only rises. */
	classifierVersion(): number;
}

/** What Passlens knows by itself. */
export const BUILT_IN_KNOWLEDGE: Knowledge = {
	findCountry: () => '',
	findProvider: findBuiltInProvider,
	legacyRules: () => BUILT_IN_RULES,
	classify: (failure) => classifyFailure(failure),
	classifierVersion: () => CLASSIFIER_VERSION
};
