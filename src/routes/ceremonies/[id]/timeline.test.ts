import type { CeremonyDetail } from '$lib/server/queries/ceremony-detail.ts';
import { describe, expect, it } from 'vitest';
import { timeline } from './timeline.ts';

const base = {
	ceremony_type: 'authentication',
	mediation: 'optional',
	automatic: false,
	outcome: 'succeeded',
	cause: '',
	client_outcome: 'succeeded',
	started_at: '2026-11-02T10:00:00.000Z',
	finished_at: '2026-11-02T10:00:03.000Z',
	verdict_at: '2026-11-02T10:00:03.200Z',
	elapsed_ms: 3_000,
	blurred: true,
	blurred_after_ms: 120,
	verified: true,
	refusal_reason: '',
	verdict_detail: '',
	error_name: ''
} as CeremonyDetail;

const told = (
	changes: Partial<CeremonyDetail>,
	prompt?: Parameters<typeof timeline>[0]['prompt']
) => timeline({ ceremony: { ...base, ...changes }, prompt, events: [] });

describe('timeline', () => {
	it('goes from the prompt to the verdict, with the gaps between', () => {
		const entries = told(
			{},
			{
				shown_at: '2026-11-02T09:59:50.000Z',
				accepted_at: '2026-11-02T09:59:59.000Z',
				dismissed_at: null,
				purpose: 'enroll',
				mode: 'manual',
				showing: 2,
				placement: ''
			}
		);
		expect(entries.map(({ key, gapMs }) => [key, gapMs])).toEqual([
			['shown', null],
			['accepted', 9_000],
			['started', 1_000],
			['blurred', 120],
			['finished', 2_880],
			['verdict', 200]
		]);
	});

	it('keeps the protocol’s order when the server’s clock is behind', () => {
		const entries = told({ verdict_at: '2026-11-02T09:59:00.000Z' });
		expect(entries.at(-1)).toMatchObject({ key: 'verdict', gapMs: -63_000 });
	});

	it.each([
		['abandoned', 'No end was ever heard of'],
		['pending', 'No end yet'],
		['untouched', 'Nobody picked a passkey']
	] as const)('says what a missing end means when it is %s', (outcome, title) => {
		const entries = told({
			outcome,
			client_outcome: '',
			finished_at: null,
			verdict_at: null,
			verified: null
		});
		expect(entries.at(-1)).toMatchObject({ title, at: null });
	});

	it('says that a verdict is missing, and does not take it for a refusal', () => {
		const entries = told({ verdict_at: null, verified: null });
		expect(entries.at(-1)).toMatchObject({ key: 'verdict', at: null, source: 'nobody' });
	});

	it('works out the time of a call whose record was lost', () => {
		expect(told({ started_at: null })[0]).toMatchObject({ at: '2026-11-02T10:00:00.000Z' });
	});

	it('tells of a ceremony only the server knows', () => {
		const entries = told({
			started_at: null,
			finished_at: null,
			elapsed_ms: null,
			client_outcome: ''
		});
		expect(entries.map(({ key, at }) => [key, at !== null])).toEqual([
			['started', false],
			['verdict', true]
		]);
	});

	it('puts the flow around the call: what was offered before it, what was chosen instead after it', () => {
		const event = {
			event_id: '',
			purpose: '',
			offered_methods: [] as string[],
			step: '',
			method: '',
			outcome: '',
			fallback_reason: ''
		};
		const entries = timeline({
			ceremony: { ...base, client_outcome: 'error', verified: null, outcome: 'cancelled' },
			prompt: undefined,
			events: [],
			flow: [
				{
					...event,
					event_type: 'flow.started',
					occurred_at: '2026-11-02T09:59:58.000Z',
					purpose: 'sign_in',
					offered_methods: ['passkey', 'password']
				},
				{
					...event,
					event_type: 'flow.chosen',
					occurred_at: '2026-11-02T10:00:05.000Z',
					method: 'password'
				},
				{
					...event,
					event_type: 'flow.finished',
					occurred_at: '2026-11-02T10:00:09.000Z',
					outcome: 'succeeded',
					method: 'password',
					fallback_reason: 'ceremony_failed'
				}
			]
		});
		expect(
			entries
				.map(({ title, detail }) => [title, detail])
				.filter(([title]) => /user|flow/.test(title!))
		).toEqual([
			['The user began: sign in', 'Offered: passkey, password'],
			['The user chose: password', undefined],
			['The flow ended: succeeded', 'With password; the ceremony failed']
		]);
		expect(entries[0]?.title).toBe('The user began: sign in');
		expect(entries.at(-1)?.title).toBe('The flow ended: succeeded');
	});

	it('says that the page was left with the request open', () => {
		const entries = told({ client_outcome: 'abandoned', verified: null, outcome: 'abandoned' });
		expect(entries.at(-1)).toMatchObject({ key: 'finished', color: 'abandoned' });
	});
});
