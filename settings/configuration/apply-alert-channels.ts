import {
	insertAlertChannel,
	listAlertChannels,
	secretFor,
	type ReadChannel
} from '../alert-channels.ts';
import type { Settings } from '../open-settings.ts';

/**
 * The listed channels, and no other. One is known by its name, so that rules that name it go on naming it; a webhook whose secret
 * the file does not give keeps the one it has.
 *
 * @returns what was changed; undefined: nothing
 */
export async function applyAlertChannels(
	settings: Settings,
	projectId: string,
	wanted: ReadChannel[]
): Promise<string | undefined> {
	const kept = await listAlertChannels(settings, projectId);
	let changed = false;
	for (const channel of wanted) {
		const { name, kind, target } = channel;
		const before = kept.find((one) => one.name === name);
		const own = before?.kind === kind ? before.secret : '';
		const secret = channel.secret || own || secretFor(kind);
		if (before?.kind === kind && before.target === target && before.secret === secret) continue;
		changed = true;
		if (before)
			await settings
				.updateTable('alert_channel')
				.set({ kind, target, secret })
				.where('id', '=', before.id)
				.execute();
		else await insertAlertChannel(settings, { projectId, name, kind, target, secret });
	}
	// Of several that share a name, the first is meant.
	const meant = new Set(wanted.map(({ name }) => kept.find((one) => one.name === name)?.id));
	const gone = kept.filter(({ id }) => !meant.has(id)).map(({ id }) => id);
	if (gone.length > 0) await settings.deleteFrom('alert_channel').where('id', 'in', gone).execute();
	return changed || gone.length > 0 ? 'alert_channels' : undefined;
}
