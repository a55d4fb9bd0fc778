import { formatDuration } from '$lib/format/number.ts';
import type { FeedEvent } from './event-feed.svelte';

export interface Description {
	title: string;
	/** The few fields worth reading at a glance; the rest is in the JSON. */
	detail: string;
	tone: 'neutral' | 'good' | 'bad';
}

/** Says in a line what an event tells. */
export function describeEvent(event: FeedEvent): Description {
	switch (event.type) {
		case 'client.capabilities':
			return neutral(
				'Browser described',
				list(
					event.webauthn ? 'WebAuthn' : 'no WebAuthn',
					event.platform_authenticator && 'platform authenticator',
					event.conditional_mediation && 'autofill'
				)
			);
		case 'prompt.shown':
		case 'prompt.accepted':
		case 'prompt.dismissed':
			return neutral(
				`Offer ${event.type.slice('prompt.'.length)}`,
				list(
					event.purpose,
					event.mode === 'automatic' && 'automatic',
					event.showing_number !== undefined && `showing ${event.showing_number}`
				)
			);
		case 'ceremony.started':
			return neutral(started(event), describeRequest(event.request));
		case 'ceremony.finished':
			return event.outcome === 'succeeded' ? describeSuccess(event) : describeFailure(event);
		case 'ceremony.verdict':
			return event.verified
				? { title: 'Verified by the server', detail: '', tone: 'good' }
				: { title: 'Refused by the server', detail: event.reason ?? '', tone: 'bad' };
		case 'flow.started':
			return neutral(`Flow started: ${event.purpose}`, list(...(event.offered_methods ?? [])));
		case 'flow.chosen':
			return neutral('Method chosen', event.method);
		case 'flow.reached':
			return neutral('Step reached', event.step);
		case 'flow.finished':
			return {
				title: `Flow ${event.outcome}`,
				detail: list(event.method, event.fallback_reason),
				tone: event.outcome === 'succeeded' ? 'good' : 'bad'
			};
		case 'signin.finished':
			return {
				title: `Sign-in by ${event.method} ${event.outcome}`,
				detail: event.fallback_reason ? `after a passkey attempt: ${event.fallback_reason}` : '',
				tone: event.outcome === 'succeeded' ? 'good' : 'bad'
			};
		case 'credential.revoked':
			return neutral('Passkey ended', event.reason);
		case 'credential.signalled':
			return neutral('Told the browser’s passkey provider', list(event.signal, event.outcome));
	}
}

/** The ceremony an event belongs to. */
export function ceremonyOf(event: FeedEvent): string | undefined {
	return 'ceremony_id' in event ? event.ceremony_id : undefined;
}

type Started = Extract<FeedEvent, { type: 'ceremony.started' }>;
type Finished = Extract<FeedEvent, { type: 'ceremony.finished' }>;

function started({ ceremony_type, request }: Started): string {
	const what = ceremony_type === 'registration' ? 'Registration' : 'Authentication';
	if (request.mediation !== 'conditional') return `${what} started`;
	return ceremony_type === 'registration'
		? 'Automatic registration tried'
		: 'Autofill waits for a passkey';
}

function describeRequest(request: Started['request']): string {
	return list(
		request.user_verification && `verification ${request.user_verification}`,
		request.resident_key && `discoverable ${request.resident_key}`,
		request.requested_attachment,
		request.allow_count !== undefined &&
			request.allow_count > 0 &&
			`${request.allow_count} allowed`,
		request.exclude_count !== undefined &&
			request.exclude_count > 0 &&
			`${request.exclude_count} excluded`
	);
}

function describeSuccess({ ceremony_type, credential, elapsed_ms }: Finished): Description {
	const flags =
		credential &&
		list(
			flag('UV', credential.user_verified),
			flag('BE', credential.backup_eligible),
			flag('BS', credential.backup_state)
		);
	return {
		title: ceremony_type === 'registration' ? 'Passkey created' : 'Passkey used',
		detail: list(flags, credential?.cross_device && 'cross-device', formatDuration(elapsed_ms)),
		tone: 'good'
	};
}

function describeFailure({ ceremony_type, request, error, elapsed_ms }: Finished): Description {
	const waited = ceremony_type === 'authentication' && request.mediation === 'conditional';
	return {
		title: waited
			? 'Autofill request ended'
			: ceremony_type === 'registration'
				? 'Registration ended'
				: 'Authentication ended',
		detail: list(error?.name, formatDuration(elapsed_ms)),
		tone: error?.name === 'AbortError' ? 'neutral' : 'bad'
	};
}

function neutral(title: string, detail: string): Description {
	return { title, detail, tone: 'neutral' };
}

function flag(name: string, value: boolean | undefined): string {
	return value === undefined ? '' : `${name} ${value ? 1 : 0}`;
}

function list(...parts: (string | false | undefined)[]): string {
	return parts.filter(Boolean).join(', ');
}
