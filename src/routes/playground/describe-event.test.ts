import { expect, test } from 'vitest';
import { describeEvent } from './describe-event.ts';
import type { FeedEvent } from './event-feed.svelte.ts';

const common = { id: '01a20202-f953-79c6-a948-88e7f0051f10', time_unix_ms: 0 };
const ceremony = { ...common, ceremony_id: common.id, ceremony_type: 'registration' as const };
const signing = { ...ceremony, ceremony_type: 'authentication' as const };

test.each<[string, FeedEvent, string, string]>([
	[
		'a registration that begins',
		{ ...ceremony, type: 'ceremony.started', request: { exclude_count: 2 } },
		'Registration started',
		'2 excluded'
	],
	[
		'an autofill request',
		{ ...signing, type: 'ceremony.started', request: { mediation: 'conditional' } },
		'Autofill waits for a passkey',
		''
	],
	[
		'an autofill request that ended',
		{
			...signing,
			type: 'ceremony.finished',
			request: { mediation: 'conditional' },
			outcome: 'error',
			elapsed_ms: 500,
			error: { name: 'AbortError' }
		},
		'Autofill request ended',
		'AbortError, 500\u202fms'
	],
	[
		'a passkey created',
		{
			...ceremony,
			type: 'ceremony.finished',
			request: {},
			outcome: 'succeeded',
			elapsed_ms: 1234,
			credential: { credential_ref: 'x'.repeat(43), backup_eligible: true, backup_state: false }
		},
		'Passkey created',
		'BE 1, BS 0, 1.23\u202fs'
	],
	[
		'a refusal',
		{ ...signing, type: 'ceremony.verdict', verified: false, reason: 'signature_invalid' },
		'Refused by the server',
		'signature_invalid'
	],
	[
		'a fallback to the password',
		{
			...common,
			type: 'signin.finished',
			method: 'password',
			outcome: 'succeeded',
			fallback_reason: 'ceremony_failed'
		},
		'Sign-in by password succeeded',
		'after a passkey attempt: ceremony_failed'
	]
])('%s is said in a line', (_title, event, title, detail) => {
	expect(describeEvent(event)).toMatchObject({ title, detail });
});
