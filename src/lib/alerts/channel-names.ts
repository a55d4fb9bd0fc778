import type { AlertChannelKind } from '../../../settings/alert-channels.ts';

/** What each kind of channel is called. */
export const CHANNEL_NAMES: Record<AlertChannelKind, string> = {
	email: 'E-mail',
	webhook: 'Webhook, signed',
	slack: 'Slack or what takes its messages',
	pagerduty: 'PagerDuty (Events v2)'
};
