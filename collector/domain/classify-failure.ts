import type { CeremonyError, CeremonyEvidence, CeremonyRequest } from '../../sdk/event/index.ts';
import type { Platform } from './platform.ts';
export const CLASSIFIER_VERSION = 1;
export interface Failure {
	error: CeremonyError;
	ceremonyType: 'registration' | 'authentication';
	request: CeremonyRequest;
	evidence: CeremonyEvidence;
	elapsedMs: number;
	platform: Platform;
}
export function classifyFailure(_: Failure): {
	cause: string;
	confidence: string;
	evidence: string[];
} {
	return { cause: 'unknown', confidence: 'possible', evidence: [] };
}
