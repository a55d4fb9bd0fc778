import { listAlertChannels } from '../../../../settings/alert-channels.ts';
import {
	claimAlertDeliveries,
	tellAlertDelivery,
	type DueDelivery
} from '../../../../settings/alert-firings.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { listProjects } from '../../../../settings/projects.ts';
import type { AlertMessage } from './alert-message.ts';
import { sendAlert, type AlertOutlets } from './send-alert.ts';

/** Longer than an attempt may take: whoever took a delivery and ended leaves it to be taken again. */
const CLAIMED_MS = 60_000;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;
/** About seven hours. */
const MOST_ATTEMPTS = 12;

/**
 * Tells what is due, each delivery once however many processes try at once. What a channel does not take is tried again after 30 seconds, then
 * after twice as long each time up to an hour, and given up after twelve attempts.
 *
 * @param origin what the paths of pages begin with
 */
export async function deliverAlerts({
	settings,
	outlets,
	origin,
	now = Date.now()
}: {
	settings: Settings;
	outlets: AlertOutlets;
	origin: string;
	now?: number;
}): Promise<void> {
	const due = await claimAlertDeliveries(settings, { now, forMs: CLAIMED_MS });
	if (due.length === 0) return;
	const [channels, projects] = await Promise.all([
		listAlertChannels(settings),
		listProjects(settings)
	]);
	await Promise.all(
		due.map(async (one) => {
			const { delivery, firing } = one;
			const channel = channels.find(({ id }) => id === delivery.channelId);
			const project = projects.find(({ id }) => id === firing.projectId);
			const lastError = channel
				? await sendAlert({
						...{ channel, outlets },
						message: toMessage(one, { project: project?.name ?? firing.projectId, origin })
					})
				: 'The channel was removed.';
			const again = channel && delivery.attempts < MOST_ATTEMPTS;
			await tellAlertDelivery(
				settings,
				lastError === undefined
					? { id: delivery.id, sentAt: now }
					: {
							id: delivery.id,
							nextAt: again ? now + waitAfter(delivery.attempts) : undefined,
							lastError
						}
			);
		})
	);
}

/** After the first attempt, the second, … */
const waitAfter = (attempts: number) =>
	Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));

function toMessage(
	{ delivery, firing }: DueDelivery,
	{ project, origin }: { project: string; origin: string }
): AlertMessage {
	const { ruleName: rule, title, text, bucket, path } = firing;
	return {
		...{ id: delivery.id, firing: firing.id, event: delivery.event, project, rule, title, text },
		...{ bucket, url: `${origin}${path}` },
		at: delivery.event === 'resolved' ? (firing.resolvedAt ?? firing.firedAt) : firing.firedAt
	};
}
