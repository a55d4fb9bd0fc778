import type { StreamKind, StreamTopic } from '../../../settings/streams.ts';

interface TopicWords {
	name: string;
	/** What it tells of, and as which classes of OCSF. */
	meaning: string;
	classes: string;
}

/** What a stream may tell of, as the page says it. */
export const TOPICS: Record<StreamTopic, TopicWords> = {
	ledger_findings: {
		name: 'Findings of the ledger',
		meaning: 'Forbidden and suspicious behaviour of credentials, and what was decided about it',
		classes: 'Detection Finding 2004'
	},
	policy_findings: {
		name: 'Policy violations',
		meaning: 'A rule is broken, by others than before, or by nobody any more',
		classes: 'Compliance Finding 2003'
	},
	policy_changes: {
		name: 'Policy changes',
		meaning: 'A version of a policy was put in force',
		classes: 'Entity Management 3004'
	},
	authenticators: {
		name: 'Authenticators’ status',
		meaning: 'The FIDO Metadata Service says something else of a model, such as REVOKED',
		classes: 'Entity Management 3004'
	},
	credentials: {
		name: 'Passkeys made and withdrawn',
		meaning: 'Registered, revoked, now backed up or no longer',
		classes: 'Account Change 3001'
	},
	failed_ceremonies: {
		name: 'Suspicious refusals',
		meaning: 'A server refused a wrong signature, counter, origin, challenge, attestation …',
		classes: 'Authentication 3002, Account Change 3001'
	},
	dashboard_sign_ins: {
		name: 'Sign-ins to Passlens',
		meaning: 'Signed in, could not, signed out, joined by a link',
		classes: 'Authentication 3002, Account Change 3001'
	},
	dashboard_audit: {
		name: 'Audit log of Passlens',
		meaning: 'Looks at single people, exports, changes, commands, refusals, erasures',
		classes: 'Entity Management 3004'
	}
};

export const STREAM_KIND_NAMES: Record<StreamKind, string> = {
	webhook: 'Webhook, signed',
	file: 'File at the server',
	otlp: 'OpenTelemetry (OTLP logs)'
};
