import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSettings } from '../../../../settings/open-settings.ts';
import { addStreamEvents } from '../../../../settings/stream-events.ts';
import { listStreams } from '../../../../settings/streams.ts';
import { readEvents, streamsScene } from '../testing/streams-scene.ts';
import { auditEvent } from './audit-event.ts';

const ROOT = join(import.meta.dirname, '../../../..');

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const scene = streamsScene();
const { siem, taken, add } = scene;
beforeAll(() => scene.start());
afterAll(() => scene.stop());

/** A process of its own that does nothing but deliver, until it is killed. */
const SENDER = `
import { openSettings } from ${JSON.stringify(join(ROOT, 'settings/open-settings.ts'))};
import { deliverStreams } from ${JSON.stringify(join(import.meta.dirname, 'deliver-streams.ts'))};
const settings = await openSettings({ dataDir: process.env.DATA_DIR, settingsUrl: '' });
for (;;) {
	await deliverStreams({ settings, outlets: JSON.parse(process.env.OUTLETS) });
	await new Promise((resolve) => setTimeout(resolve, 20));
}`;

describe('A sender that is killed in the middle, with a receiver that fails for a while', () => {
	const EVENTS = 900;
	let sender: ChildProcess | undefined;
	// One that a failed test left.
	afterEach(() => void sender?.kill('SIGKILL'));

	it(
		'leaves nothing out: each event arrives, and once by its uid',
		{ timeout: 180_000 },
		async () => {
			const dataDir = await mkdtemp(join(scene.home, 'killed-'));
			const settings = await openSettings({ dataDir, settingsUrl: '' });
			const topics = ['dashboard_sign_ins'];
			const from = siem.taken.length;
			await add(settings, { name: 'Webhook', topics });
			await add(settings, { name: 'File', kind: 'file', target: 'killed', topics });
			await addStreamEvents(
				settings,
				Array.from({ length: EVENTS }, (_, number) =>
					auditEvent({
						...{
							number: number + 1,
							at: Date.now(),
							action: 'signed-out',
							projectId: '',
							subject: ''
						},
						...{ actor: { kind: 'nobody', id: '', name: '' }, detail: {}, hash: String(number) }
					})
				)
			);
			const done = async () => {
				const streams = await listStreams(settings);
				return streams.every(({ sent }) => sent >= EVENTS);
			};
			let kills = 0;
			while (!(await done())) {
				const { asked } = siem.state;
				// What it takes and what it fails alternate; an answer is never waited for by whoever is killed.
				siem.state.status = kills % 3 === 1 ? 500 : 200;
				await settings.updateTable('stream').set({ next_unix_ms: 0 }).execute();
				sender = spawn(process.execPath, ['--input-type=module', '-e', SENDER], {
					env: { ...process.env, DATA_DIR: dataDir, OUTLETS: JSON.stringify(scene.outlets) }
				});
				const ended = once(sender, 'exit');
				// After its first request of this life, or its third, or when there is nothing left to send.
				const wanted = siem.state.status === 500 ? 1 : 1 + (kills % 3);
				for (let ms = 0; ms < 5_000 && siem.state.asked < asked + wanted; ms += 2) await sleep(2);
				sender.kill('SIGKILL');
				await ended;
				if (++kills > 40) break;
			}
			siem.state.status = 200;
			await settings.destroy();
			expect(kills).toBeGreaterThan(2);
			expect(taken(from)).toHaveLength(EVENTS);
			const folder = join(scene.home, 'siem');
			const files = (await readdir(folder)).filter((file) => file.startsWith('killed.'));
			const written = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
			expect(readEvents(written)).toHaveLength(EVENTS);
		}
	);
});
